export const CONFIG_PREFIX_SEPARATOR = '.';

/** Stands in for the SDK's reader of `~/.aws`: in Lambda there are no such files. */
export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });
