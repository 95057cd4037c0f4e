import { describe, expect, inject, onTestFinished, test } from 'vitest';
import type { Decide } from '../dynamodb-proxy/fates.ts';
import { refusal } from '../dynamodb-proxy/fates.ts';
import { startDynamoDBProxy } from '../dynamodb-proxy/proxy.ts';
import { inOwnDirectory, run } from './command.ts';
import { clicked, domainOn, ownTable } from './domain.ts';

const outputs = inject('outputs');

inOwnDirectory();

describe('referrals recount says in one line, and exits with 1,', () => {
  const refused = async (parameters: string[], variables: NodeJS.ProcessEnv = {}) => {
    const required = ['--table-name', outputs.TableName];
    const { code, stderr } = await run(['recount', ...required, ...parameters], variables).ended;
    expect([code, stderr.split('\n')]).toEqual([1, [expect.any(String), '']]);
    return stderr.trim();
  };
  const refusedBy = async (decide: Decide) => {
    const proxy = await startDynamoDBProxy(outputs.DynamoDBEndpoint);
    onTestFinished(proxy.stop);
    proxy.decide = decide;
    const { TableName } = await ownTable(outputs);
    await clicked(domainOn({ ...outputs, TableName }));
    return refused(['--table-name', TableName], { AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint });
  };

  test('that there is no such table', async () => {
    expect(await refused(['--table-name', 'none'])).toBe(
      '--table-name: there is no table none in this region (AWS_REGION) and account.',
    );
  });

  test('that there are no referrals in it', async () => {
    const { TableName } = await ownTable(outputs);
    expect(await refused(['--table-name', TableName])).toBe(
      `--table-name: there are no referrals in the table ${TableName}.`,
    );
  });

  test('that there is no such referral', async () => {
    expect(await refused(['--code', 'none'])).toBe(
      `--code: there is no referral none in the table ${outputs.TableName}.`,
    );
  });

  test('that DynamoDB cannot be reached', async () => {
    expect(await refused([], { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1' })).toBe(
      "DynamoDB can't be reached (AWS_REGION, AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL): connect ECONNREFUSED 127.0.0.1:1",
    );
  });

  test('that the credentials may not read it', async () => {
    const denied = refusal(400, 'AccessDeniedException', { message: 'Not authorized to Query.' });
    expect(await refusedBy((operation) => (operation === 'Query' ? denied : 'pass'))).toBe(
      'The AWS credentials (AWS_PROFILE) may not do this: Not authorized to Query.',
    );
  });

  test('that DynamoDB is busy', async () => {
    expect(await refusedBy((operation) => (operation === 'Query' ? 'throttle' : 'pass'))).toBe(
      'DynamoDB: Throughput exceeds the current capacity of your table or index. Run it again in a moment.',
    );
  });

  test.each([
    [['--retention-days', '29'], "option '--retention-days <days>' argument '29' is invalid."],
    [['--retention-days', 'x'], "option '--retention-days <days>' argument 'x' is invalid."],
    [['--repare'], "unknown option '--repare'"],
  ])('that %j is wrong', async (parameters, line) => {
    expect(await refused(parameters)).toContain(`error: ${line}`);
  });

  test('that an option is missing', async () => {
    const { code, stdout, stderr } = await run(['recount']).ended;
    expect([code, stdout, stderr]).toEqual([
      1,
      '',
      "error: required option '--table-name <name>' not specified\n",
    ]);
  });
});

test('referrals recount --help ends with an example', async () => {
  const { code, stdout, stderr } = await run(['recount', '--help']).ended;
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^Usage: referrals recount /);
  expect(stdout.split('\n').slice(-3)).toEqual([
    'Example:',
    '  $ npx referrals recount --table-name Referrals-Table',
    '',
  ]);
});
