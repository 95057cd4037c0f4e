import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { backfill, createPool, directory, inOwnDirectory, run, STATE } from './command.ts';

inOwnDirectory();

describe('referrals backfill says in one line, and exits with 1,', () => {
  const refused = async (parameters: string[], variables: NodeJS.ProcessEnv = {}) => {
    const { pool } = await createPool(2);
    const { code, stdout, stderr } = await backfill(pool, parameters, variables).ended;
    expect([code, stderr.split('\n')]).toEqual([1, [expect.any(String), '']]);
    expect(stdout).not.toContain('Users seen');
    expect(await readdir(directory)).not.toContain(STATE);
    return stderr.trim();
  };

  test('that there is no such pool', async () => {
    expect(await refused(['--user-pool-id', 'local_none'])).toBe(
      '--user-pool-id: there is no user pool local_none in this region (AWS_REGION) and account.',
    );
  });

  test('that there is no such table', async () => {
    expect(await refused(['--table-name', 'none'])).toBe(
      '--table-name: there is no table none in this region (AWS_REGION) and account.',
    );
  });

  test('that DynamoDB cannot be reached', async () => {
    expect(await refused([], { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1' })).toBe(
      "DynamoDB can't be reached (AWS_REGION, AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL): connect ECONNREFUSED 127.0.0.1:1",
    );
  });

  test('that Cognito cannot be reached', async () => {
    const endpoint = 'http://127.0.0.1:1';
    expect(await refused([], { AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: endpoint })).toBe(
      "Cognito can't be reached (AWS_REGION, AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER, AWS_ENDPOINT_URL): connect ECONNREFUSED 127.0.0.1:1",
    );
  });

  test('that there are no credentials, or no region', async () => {
    const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    expect(await refused([], none)).toBe(
      'AWS credentials (AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY): Could not load credentials from any providers',
    );
    expect(await refused([], { AWS_REGION: undefined })).toBe('AWS_REGION is not set.');
  });

  test('that the state file holds something else', async () => {
    await writeFile(join(directory, 'notes.txt'), 'notes');
    expect(await refused(['--state', 'notes.txt'])).toBe(
      '--state: notes.txt is not the state of a backfill. Delete it, or name another file.',
    );
    expect(await readFile(join(directory, 'notes.txt'), 'utf8')).toBe('notes');
  });

  test('that the hooks can’t be loaded', async () => {
    expect(await refused(['--hooks', 'nowhere.mjs'])).toMatch(/^--hooks: Cannot find module /);
  });

  test.each([
    [['--rate', '0'], "option '--rate <users>' argument '0' is invalid."],
    [['--rate', 'fast'], "option '--rate <users>' argument 'fast' is invalid."],
    [['--redirect-to', '/welcome'], "option '--redirect-to <url>' argument '/welcome' is invalid."],
    [['--redirect-to', 'javascript:alert(1)'], "option '--redirect-to <url>' argument"],
    [['--dryrun'], "unknown option '--dryrun'"],
    [['extra'], 'too many arguments'],
  ])('that %j is wrong', async (parameters, line) => {
    expect(await refused(parameters)).toContain(`error: ${line}`);
  });

  test('that an option is missing', async () => {
    const { code, stdout, stderr } = await run(['backfill', '--user-pool-id', 'x']).ended;
    expect([code, stdout, stderr]).toEqual([
      1,
      '',
      "error: required option '--table-name <name>' not specified\n",
    ]);
  });
});

test.each([[['--help']], [['backfill', '--help']]])(
  'referrals %j ends with an example',
  async (parameters) => {
    const { code, stdout, stderr } = await run(parameters).ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: referrals /);
    expect(stdout.split('\n').slice(-5)).toEqual([
      '',
      'Example:',
      '  $ npx referrals backfill --user-pool-id eu-central-1_AbCdEfGhI \\',
      '      --table-name Referrals-Table --redirect-to https://app.example.com/',
      '',
    ]);
  },
);
