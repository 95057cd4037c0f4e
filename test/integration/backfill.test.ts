import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { json } from 'node:stream/consumers';
import {
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminSetUserPasswordCommand,
  type CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import { ownReferral } from '../../functions/core/referral.ts';
import { cognitoClient } from '../../local/cognito.ts';
import { PASSWORD } from './client.ts';
import { domainOn } from './domain.ts';
import { startDynamoDBProxy } from './dynamodb-proxy.ts';

const outputs = inject('outputs');
const cognito = cognitoClient(outputs.CognitoEndpoint);
afterAll(() => cognito.destroy());

const STATE = '.referrals-backfill.json';
const REDIRECT_TO = 'https://app.example.com/welcome';
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'referrals-backfill-'));
  return () => rm(directory, { recursive: true, force: true });
});

interface Run {
  readonly process: ChildProcess;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

/** Runs the command line in the test's directory against the shared service. */
function run(parameters: readonly string[], variables: NodeJS.ProcessEnv = {}): Run {
  const child = spawn(process.execPath, [resolve('cli/referrals.ts'), ...parameters], {
    cwd: directory,
    env: {
      PATH: process.env.PATH,
      HOME: directory,
      AWS_REGION: 'local',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL_DYNAMODB: outputs.DynamoDBEndpoint,
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: outputs.CognitoEndpoint,
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    printed.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    printed.stderr += chunk;
  });
  return { process: child, ended: once(child, 'close').then(([code]) => ({ code, ...printed })) };
}

const required = (pool: string) => [
  '--user-pool-id',
  pool,
  '--table-name',
  outputs.TableName,
  '--redirect-to',
  REDIRECT_TO,
];

const backfill = (pool: string, more: readonly string[] = [], variables: NodeJS.ProcessEnv = {}) =>
  run(['backfill', ...required(pool), ...more], variables);

/** The lines of a summary, however long it took. */
const summary = (stdout: string) =>
  stdout
    .replace(/^Seconds: \d+\.\d$/m, 'Seconds: N')
    .split('\n')
    .filter((line) => line !== '' && !/^\d+ (of about \d+ )?users$/.test(line));

const summaryOf = (
  counts: { created?: number; hadOne?: number; unconfirmed?: number },
  { dryRun = false } = {},
) => {
  const { created = 0, hadOne = 0, unconfirmed = 0 } = counts;
  return [
    `Users seen: ${created + hadOne + unconfirmed}`,
    `${dryRun ? 'Would get a link' : 'Links created'}: ${created}`,
    `Had one already: ${hadOne}`,
    `Skipped, unconfirmed (confirming gives them theirs): ${unconfirmed}`,
    'Failed: 0',
    'Seconds: N',
    dryRun
      ? 'Nothing was written. Next: run the same command without --dry-run.'
      : 'Done: nothing is left to do.',
  ];
};

/** A pool of its own with users whom an administrator made, so that no trigger fired. */
async function createPool(users: number): Promise<{ pool: string; subs: string[] }> {
  const { UserPool } = await cognito.send(
    new CreateUserPoolCommand({ PoolName: randomUUID(), UsernameAttributes: ['email'] }),
  );
  const pool = UserPool?.Id ?? '';
  const subs: string[] = [];
  while (subs.length < users) subs.push(await createUser(cognito, pool));
  return { pool, subs };
}

async function createUser(client: CognitoIdentityProviderClient, pool: string): Promise<string> {
  const { User } = await client.send(
    new AdminCreateUserCommand({
      UserPoolId: pool,
      Username: `${randomUUID()}@example.com`,
      MessageAction: 'SUPPRESS',
    }),
  );
  return User?.Attributes?.find(({ Name }) => Name === 'sub')?.Value ?? '';
}

/** The links of each user, in the order of the users. */
async function linksOf(subs: readonly string[]) {
  const { store } = domainOn(outputs);
  return Promise.all(subs.map((sub) => store.allReferrals(sub)));
}

const oneLinkEach = (subs: readonly string[]) =>
  subs.map((userId) => [
    {
      id: expect.any(String),
      code: expect.stringMatching(/^[0-9A-Za-z]{10}$/),
      userId,
      redirectTo: REDIRECT_TO,
      createdAt: expect.any(String),
      buckets: 1,
    },
  ]);

// cognito-local gives all users at once: this stands in front of it and gives them page by page.
async function startPagingCognito(): Promise<string> {
  const server = createServer(async (request, response) => {
    const input = (await json(request)) as { Limit: number; PaginationToken?: string };
    const target = String(request.headers['x-amz-target']);
    const answer = await fetch(outputs.CognitoEndpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
      body: JSON.stringify(input),
    });
    // biome-ignore lint/suspicious/noExplicitAny: whatever the emulator answers
    const body = (await answer.json()) as any;
    if (target.endsWith('.ListUsers')) {
      const start = Number(input.PaginationToken ?? 0);
      const end = start + input.Limit;
      if (end < body.Users.length) body.PaginationToken = `${end}`;
      body.Users = body.Users.slice(start, end);
    }
    if (target.endsWith('.DescribeUserPool')) body.UserPool.EstimatedNumberOfUsers = 130;
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A DynamoDB where a test can wait for the n-th link to be put. */
async function startWatchedDynamoDB() {
  const proxy = await startDynamoDBProxy(outputs.DynamoDBEndpoint);
  onTestFinished(proxy.stop);
  const puts = () => proxy.operations.filter((name) => name === 'TransactWriteItems').length;
  const putLinks = (count: number) =>
    new Promise<void>((resolve) => {
      proxy.decide = () => {
        if (puts() >= count) resolve();
        return 'pass';
      };
    });
  return { proxy, putLinks };
}

describe('referrals backfill', () => {
  test('gives every user exactly one link; a second run creates none', async () => {
    const { pool, subs } = await createPool(5);
    const first = await backfill(pool).ended;
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(summary(first.stdout)).toEqual(summaryOf({ created: 5 }));
    const links = await linksOf(subs);
    expect(links).toEqual(oneLinkEach(subs));

    const second = await backfill(pool).ended;
    expect([second.code, second.stderr]).toEqual([0, '']);
    expect(summary(second.stdout)).toEqual(summaryOf({ hadOne: 5 }));
    expect(await linksOf(subs)).toEqual(links);
    expect(await readdir(directory)).toEqual([]);
  });

  test('leaves the link of a user who has one as it is', async () => {
    const { pool, subs } = await createPool(3);
    const services = domainOn(outputs);
    const { referral } = await ownReferral(services, subs[1] ?? '');
    const { stdout } = await backfill(pool).ended;
    expect(summary(stdout)).toEqual(summaryOf({ created: 2, hadOne: 1 }));
    const [first, second, third] = await linksOf(subs);
    expect(second).toEqual([referral]);
    expect([first, third]).toEqual(oneLinkEach([subs[0] ?? '', subs[2] ?? '']));
  });

  test('disabled users and those with a new password get a link, unconfirmed ones do not', async () => {
    const { pool, subs } = await createPool(2);
    const [disabled = '', confirmed = ''] = subs;
    await cognito.send(new AdminDisableUserCommand({ UserPoolId: pool, Username: disabled }));
    await cognito.send(
      new AdminSetUserPasswordCommand({
        UserPoolId: pool,
        Username: confirmed,
        Password: PASSWORD,
        Permanent: true,
      }),
    );
    const { UserPoolClient } = await cognito.send(
      new CreateUserPoolClientCommand({ UserPoolId: pool, ClientName: 'app' }),
    );
    const Username = `${randomUUID()}@example.com`;
    const { UserSub = '' } = await cognito.send(
      new SignUpCommand({
        ClientId: UserPoolClient?.ClientId,
        Username,
        Password: PASSWORD,
        UserAttributes: [{ Name: 'email', Value: Username }],
      }),
    );
    const { stdout } = await backfill(pool).ended;
    expect(summary(stdout)).toEqual(summaryOf({ created: 2, unconfirmed: 1 }));
    expect(await linksOf([...subs, UserSub])).toEqual([...oneLinkEach(subs), []]);
  });

  test('--dry-run says how many would get a link, and writes nothing', async () => {
    const { pool, subs } = await createPool(3);
    await ownReferral(domainOn(outputs), subs[0] ?? '');
    const before = await linksOf(subs);
    const { proxy } = await startWatchedDynamoDB();
    const { code, stdout, stderr } = await backfill(pool, ['--dry-run'], {
      AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint,
    }).ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(summary(stdout)).toEqual(summaryOf({ created: 2, hadOne: 1 }, { dryRun: true }));
    expect(new Set(proxy.operations)).toEqual(new Set(['GetItem']));
    expect(await linksOf(subs)).toEqual(before);
    expect(await readdir(directory)).toEqual([]);
  });

  test('a run that is interrupted goes on where it stopped, and the summary is of both', async () => {
    const { pool, subs } = await createPool(130);
    const { proxy, putLinks } = await startWatchedDynamoDB();
    const variables = {
      AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint,
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: await startPagingCognito(),
    };
    const stopping = putLinks(80);
    const first = backfill(pool, ['--rate', '40'], variables);
    await stopping;
    first.process.kill('SIGINT');
    const { code, stdout, stderr } = await first.ended;
    const done = (await linksOf(subs)).filter(({ length }) => length > 0).length;
    expect(done).toBeGreaterThanOrEqual(80);
    expect(done).toBeLessThan(130);
    expect([code, stderr]).toEqual([
      130,
      `Stopped after ${done} users. To go on from there, run the same command again.\n`,
    ]);
    expect(stdout).toMatch(/^(\d+ of about 130 users\n)+$/);
    expect(stdout.trim().split('\n').at(-1)).toBe(`${done} of about 130 users`);

    proxy.operations.length = 0;
    const second = await backfill(pool, ['--rate', '1000'], variables).ended;
    expect([second.code, second.stderr]).toEqual([
      0,
      `Going on after ${done} users of an earlier run (${STATE}).\n`,
    ]);
    expect(summary(second.stdout)).toEqual(summaryOf({ created: 130 }));
    // A read and a write for each who was left: nobody was visited twice.
    expect(proxy.operations).toHaveLength(2 * (130 - done));
    expect(await linksOf(subs)).toEqual(oneLinkEach(subs));
    expect(await readdir(directory)).toEqual([]);
  });

  test('a run that is killed loses the counts of its page and no link', async () => {
    const { pool, subs } = await createPool(130);
    const { proxy, putLinks } = await startWatchedDynamoDB();
    const variables = {
      AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint,
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: await startPagingCognito(),
    };
    const killing = putLinks(90);
    const first = backfill(pool, ['--rate', '40'], variables);
    await killing;
    first.process.kill('SIGKILL');
    await first.ended;
    const state = await readFile(join(directory, STATE), 'utf8');
    expect(JSON.parse(state)).toEqual({
      [`${pool} ${outputs.TableName}`]: {
        pageToken: '60',
        pageDone: [],
        created: 60,
        hadOne: 0,
        unconfirmed: 0,
        withoutSub: 0,
        failed: 0,
        failures: [],
        milliseconds: expect.any(Number),
      },
    });

    const resumedAt = new Date().toISOString();
    const second = await backfill(pool, ['--rate', '1000'], variables).ended;
    expect([second.code, second.stderr]).toEqual([
      0,
      `Going on after 60 users of an earlier run (${STATE}).\n`,
    ]);
    const links = await linksOf(subs);
    expect(links).toEqual(oneLinkEach(subs));
    const uncounted = links.flat().filter(({ createdAt }) => createdAt < resumedAt).length - 60;
    expect(uncounted).toBeGreaterThanOrEqual(29);
    expect(summary(second.stdout)).toEqual(
      summaryOf({ created: 130 - uncounted, hadOne: uncounted }),
    );
    expect(await readdir(directory)).toEqual([]);
  });

  test('goes no faster than its rate', async () => {
    const { pool, subs } = await createPool(11);
    const { proxy } = await startWatchedDynamoDB();
    const puts: number[] = [];
    proxy.decide = (operation) => {
      if (operation === 'TransactWriteItems') puts.push(performance.now());
      return 'pass';
    };
    await backfill(pool, ['--rate', '5'], { AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint }).ended;
    expect(await linksOf(subs)).toEqual(oneLinkEach(subs));
    // Five at once, five in the second second, one after it; the first ones wait for a connection.
    expect((puts[10] ?? 0) - (puts[0] ?? 0)).toBeGreaterThan(1500);
  });

  test('a user who fails stops nobody; running it again gives them theirs', async () => {
    const { pool, subs } = await createPool(4);
    await ownReferral(domainOn(outputs), subs[0] ?? '');
    const { proxy } = await startWatchedDynamoDB();
    proxy.decide = (operation) => (operation === 'TransactWriteItems' ? 'throttle' : 'pass');
    const variables = { AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint };
    const first = await backfill(pool, [], variables).ended;
    expect([first.code, first.stderr]).toEqual([1, '']);
    const failed = summary(first.stdout).filter((line) => line.startsWith('  '));
    expect(failed.sort()).toEqual(
      subs
        .slice(1)
        .map((sub) => `  ${sub}: Throughput exceeds the current capacity of your table or index.`)
        .sort(),
    );
    expect(summary(first.stdout).filter((line) => !line.startsWith('  '))).toEqual([
      'Users seen: 4',
      'Links created: 0',
      'Had one already: 1',
      'Skipped, unconfirmed (confirming gives them theirs): 0',
      'Failed: 3',
      'Seconds: N',
      'Next: run the same command again. Who has a link keeps it, who failed is tried anew.',
    ]);
    expect(await readdir(directory)).toEqual([]);

    proxy.decide = () => 'pass';
    const second = await backfill(pool, [], variables).ended;
    expect(second.code).toBe(0);
    expect(summary(second.stdout)).toEqual(summaryOf({ created: 3, hadOne: 1 }));
  });

  test('the state of another pool in the same file stays', async () => {
    const { pool } = await createPool(1);
    const other = {
      'other-pool other-table': {
        pageToken: 'token',
        pageDone: ['sub'],
        created: 1,
        hadOne: 2,
        unconfirmed: 3,
        withoutSub: 4,
        failed: 1,
        failures: [{ sub: 'x', reason: 'y' }],
        milliseconds: 5.5,
      },
    };
    await writeFile(join(directory, STATE), JSON.stringify(other));
    const { stdout } = await backfill(pool).ended;
    expect(summary(stdout)).toEqual(summaryOf({ created: 1 }));
    expect(JSON.parse(await readFile(join(directory, STATE), 'utf8'))).toEqual(other);
  });
});

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

  test('that the state file is something else', async () => {
    await writeFile(join(directory, 'notes.txt'), 'notes');
    expect(await refused(['--state', 'notes.txt'])).toBe(
      '--state: notes.txt is no state of a backfill. Delete it, or name another file.',
    );
    expect(await readFile(join(directory, 'notes.txt'), 'utf8')).toBe('notes');
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
