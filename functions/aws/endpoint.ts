/** The domains of AWS's partitions, by how their regions begin: of usual endpoints, and of dual-stack ones. */
const partitions: Readonly<Record<string, readonly [usual: string, dualStack: string]>> = {
  'cn-': ['amazonaws.com.cn', 'api.amazonwebservices.com.cn'],
  'eusc-': ['amazonaws.eu', 'api.amazonwebservices.eu'],
  'us-iso-': ['c2s.ic.gov', 'api.aws.ic.gov'],
  'us-isob-': ['sc2s.sgov.gov', 'api.aws.scloud'],
  'us-isof-': ['csp.hci.ic.gov', 'api.aws.hci.ic.gov'],
  'eu-isoe-': ['cloud.adc-e.uk', 'api.cloud-aws.adc-e.uk'],
};

const AWS = ['amazonaws.com', 'api.aws'] as const;

/**
 * The endpoint of DynamoDB, as the SDK chooses it from the environment. The SDK may also choose an endpoint of the
 * account, if it learns the account's id; the credentials of a Lambda function do not tell it.
 *
 * @throws Error if the variables exclude each other, or if one is missing.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 * @example dynamoDBEndpoint({ AWS_REGION: 'eu-west-1' }).href // 'https://dynamodb.eu-west-1.amazonaws.com/'
 */
export function dynamoDBEndpoint(variables: NodeJS.ProcessEnv): URL {
  const { AWS_REGION: region } = variables;
  const isOn = (name: string) => variables[name] === 'true';
  const isFips = isOn('AWS_USE_FIPS_ENDPOINT');
  const isDualStack = isOn('AWS_USE_DUALSTACK_ENDPOINT');
  const configured = isOn('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS')
    ? undefined
    : variables.AWS_ENDPOINT_URL_DYNAMODB || variables.AWS_ENDPOINT_URL;
  if (configured) {
    if (!isFips && !isDualStack) return new URL(configured);
    throw new Error(
      'AWS_ENDPOINT_URL: not together with AWS_USE_FIPS_ENDPOINT or AWS_USE_DUALSTACK_ENDPOINT.',
    );
  }
  if (!region) throw new Error('AWS_REGION must be set.');
  const prefix = Object.keys(partitions).find((start) => region.startsWith(start)) ?? '';
  const [usual, dualStack] = partitions[prefix] ?? AWS;
  // In GovCloud the usual endpoint is the one for FIPS.
  const isOwn = isFips && (isDualStack || !region.startsWith('us-gov-'));
  return new URL(
    `https://dynamodb${isOwn ? '-fips' : ''}.${region}.${isDualStack ? dualStack : usual}`,
  );
}
