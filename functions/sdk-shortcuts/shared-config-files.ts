export const CONFIG_PREFIX_SEPARATOR = '.';

/** Replaces the SDK's reader of `~/.aws`, because Lambda has no such files. */
export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });
