import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { afterEach, expect, test, vi } from 'vitest';
import { dynamoDBEndpoint } from '../../../functions/aws/endpoint.ts';

afterEach(() => void vi.unstubAllEnvs());

/** Where the SDK sends its requests, by the environment; `refused` if it sends none. */
async function endpointOfSdk(): Promise<string> {
  let url = 'refused';
  const client = new DynamoDBClient({
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: {
      handle: async ({ protocol, hostname, port }: URL) => {
        url = new URL(`${protocol}//${hostname}${port ? `:${port}` : ''}`).href;
        throw new Error('It is not sent.');
      },
    },
  });
  await client.send(new ListTablesCommand()).catch(() => undefined);
  return url;
}

function ourEndpoint(): string {
  try {
    return dynamoDBEndpoint(process.env).href;
  } catch {
    return 'refused';
  }
}

const regions = RegionInfo.regions.map(({ name }) => name);

test('regions of all partitions are tried', () => {
  const partitions = new Set(RegionInfo.regions.map(({ partition }) => partition));
  expect([...partitions]).toEqual(
    expect.arrayContaining(['aws', 'aws-cn', 'aws-us-gov', 'aws-iso', 'aws-iso-b']),
  );
});

test.each([
  { fips: 'false', dualStack: 'false' },
  { fips: 'true', dualStack: 'false' },
  { fips: 'false', dualStack: 'true' },
  { fips: 'true', dualStack: 'true' },
])(
  'each region has the endpoint that the SDK chooses (FIPS $fips, dual-stack $dualStack)',
  async ({ fips, dualStack }) => {
    vi.stubEnv('AWS_USE_FIPS_ENDPOINT', fips);
    vi.stubEnv('AWS_USE_DUALSTACK_ENDPOINT', dualStack);
    const [ours, ofSdk]: [string[], string[]] = [[], []];
    for (const region of [
      ...regions,
      'eu-isoe-west-1',
      'us-isof-south-1',
      'eusc-de-east-1',
      'xx-new-1',
    ]) {
      vi.stubEnv('AWS_REGION', region);
      ours.push(ourEndpoint());
      ofSdk.push(await endpointOfSdk());
    }
    expect(ours).toEqual(ofSdk);
    expect(ours).not.toContain('refused');
  },
);

test.each([
  { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
  { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:2' },
  { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_ENDPOINT_URL_DYNAMODB: '' },
  { AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:3' },
  { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
  { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false' },
  { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_USE_FIPS_ENDPOINT: 'true' },
  { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_USE_DUALSTACK_ENDPOINT: 'true' },
])('the endpoint is the one that the SDK chooses with %o', async (variables) => {
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  expect(ourEndpoint()).toBe(await endpointOfSdk());
});

test('a missing region is an error that names the variable', () => {
  expect(() => dynamoDBEndpoint({})).toThrow('AWS_REGION must be set.');
});
