import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * What the bundles have for `@aws-sdk/credential-provider-node`: of its providers the one that reads the
 * environment, anew whenever the credentials that it gave have expired.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export const defaultProvider = () => fromEnv();
