export const CONFIG_PREFIX_SEPARATOR = '.';

/** What the bundles have for the SDK's reader of `~/.aws`: in Lambda there are no such files. */
export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });
