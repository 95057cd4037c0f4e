import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  AdminCreateUserCommand,
  type CognitoIdentityProviderClient,
  CreateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeEach, expect, inject, onTestFinished } from 'vitest';
import { cognitoClient } from '../../local/cognito.ts';
import { domainOn } from './domain.ts';

const outputs = inject('outputs');
export const cognito = cognitoClient(outputs.CognitoEndpoint);

export const STATE = '.referrals-backfill.json';
const REDIRECT_TO = 'https://app.example.com/welcome';

/** The directory in which the current test runs its command. */
export let directory: string;

/** Gives each test of a file its own directory. */
export function inOwnDirectory(): void {
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'referrals-backfill-'));
    return () => rm(directory, { recursive: true, force: true });
  });
  afterAll(() => cognito.destroy());
}

export interface Run {
  readonly process: ChildProcess;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

/** Runs the command line in the test's directory against the shared service. */
export function run(parameters: readonly string[], variables: NodeJS.ProcessEnv = {}): Run {
  const child = spawn(process.execPath, [resolve('cli/referrals.ts'), ...parameters], {
    cwd: directory,
    env: {
      PATH: process.env.PATH,
      HOME: directory,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
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

export const required = (pool: string) => [
  '--user-pool-id',
  pool,
  '--table-name',
  outputs.TableName,
  '--redirect-to',
  REDIRECT_TO,
];

export const backfill = (
  pool: string,
  more: readonly string[] = [],
  variables: NodeJS.ProcessEnv = {},
) => run(['backfill', ...required(pool), ...more], variables);

/** The lines of a summary, without lines of progress. */
export const summary = (stdout: string) =>
  stdout
    .replace(/^Seconds: \d+\.\d$/m, 'Seconds: N')
    .split('\n')
    .filter((line) => line !== '' && !/^\d+ (of about \d+ )?users$/.test(line));

export const summaryOf = (
  counts: { created?: number; hadOne?: number; unconfirmed?: number },
  { dryRun = false } = {},
) => {
  const { created = 0, hadOne = 0, unconfirmed = 0 } = counts;
  return [
    `Users seen: ${created + hadOne + unconfirmed}`,
    `${dryRun ? 'Would get a link' : 'Links created'}: ${created}`,
    `Had one already: ${hadOne}`,
    `Skipped, unconfirmed (they get a link when they confirm): ${unconfirmed}`,
    'Failed: 0',
    'Seconds: N',
    dryRun
      ? 'Nothing was written. Next: run the same command without --dry-run.'
      : 'Done: nothing is left to do.',
  ];
};

/** Creates a pool with users that an administrator made, so that no trigger fired. */
export async function createPool(users: number): Promise<{ pool: string; subs: string[] }> {
  const { UserPool } = await cognito.send(
    new CreateUserPoolCommand({ PoolName: randomUUID(), UsernameAttributes: ['email'] }),
  );
  const pool = UserPool?.Id ?? '';
  const subs: string[] = [];
  while (subs.length < users) subs.push(await createUser(cognito, pool));
  return { pool, subs };
}

export async function createUser(
  client: CognitoIdentityProviderClient,
  pool: string,
): Promise<string> {
  const { User } = await client.send(
    new AdminCreateUserCommand({
      UserPoolId: pool,
      Username: `${randomUUID()}@example.com`,
      MessageAction: 'SUPPRESS',
    }),
  );
  return User?.Attributes?.find(({ Name }) => Name === 'sub')?.Value ?? '';
}

/** The links of each user, in the users' order. */
export async function linksOf(subs: readonly string[]) {
  const { store } = domainOn(outputs);
  return Promise.all(subs.map((sub) => store.allReferrals(sub)));
}

export const oneLinkEach = (subs: readonly string[]) =>
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
