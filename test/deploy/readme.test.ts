import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { signInUser, signUpUser } from '../../local/cognito.ts';
import type { Emulator } from '../../local/emulator.ts';
import { BROWSER, PASSWORD, sessionIn } from '../integration/client.ts';
import { call } from './browser.ts';
import { emulatedAccount } from './cdk.ts';
import { addReadmeStack, follow, packInto, readmeBlocks } from './consumer.ts';
import { startMiniStack } from './ministack.ts';
import { invokePostConfirmation } from './trigger.ts';

let directory: string;
let aws: Emulator;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'referrals-readme-'));
  aws = await startMiniStack(directory);
  for (const [name, value] of Object.entries(emulatedAccount(aws.endpoint)))
    vi.stubEnv(name, value);
});
afterAll(async () => {
  await aws?.stop();
  await rm(directory, { recursive: true, force: true });
});

const outputsTo = (file: string) => ({
  CDK_OUTPUTS_FILE: join(directory, file),
  CDK_OUTPUT: join(directory, 'cdk.out'),
});

async function tables(): Promise<string[]> {
  const client = new DynamoDBClient();
  const { TableNames = [] } = await client.send(new ListTablesCommand());
  client.destroy();
  return TableNames;
}

/** Makes an app client of a pool, as the app would that keeps the pool. */
async function newClient(UserPoolId: string): Promise<string> {
  const cognito = new CognitoIdentityProviderClient();
  const { UserPoolClient } = await cognito.send(
    new CreateUserPoolClientCommand({ UserPoolId, ClientName: 'Later' }),
  );
  cognito.destroy();
  return UserPoolClient?.ClientId ?? '';
}

/** The number of a user's links, in whatever table. */
async function linksOf(userId: string): Promise<number> {
  const client = new DynamoDBClient();
  const counts = (await tables()).map(async (TableName) => {
    const { Count = 0 } = await client.send(
      new ScanCommand({
        TableName,
        FilterExpression: 'begins_with(pk, :referral) AND userId = :user',
        ExpressionAttributeValues: { ':referral': { S: 'REFERRAL#' }, ':user': { S: userId } },
      }),
    );
    return Count;
  });
  const sum = (await Promise.all(counts)).reduce((all, count) => all + count, 0);
  client.destroy();
  return sum;
}

/** Runs a command until the test ends, with its children. Returns what it has printed so far. */
function start(command: string, cwd: string, variables: Record<string, string>): () => string {
  // The service on this machine must not find the emulator of AWS.
  const { AWS_ENDPOINT_URL: _, ...environment } = process.env;
  const env = { ...environment, ...variables };
  const shell = spawn('sh', ['-c', command], { cwd, env, detached: true });
  let printed = '';
  for (const output of [shell.stdout, shell.stderr]) {
    output.on('data', (chunk) => {
      printed += chunk;
    });
  }
  onTestFinished(async () => {
    const closed = once(shell, 'close');
    process.kill(-(shell.pid ?? 0), 'SIGTERM');
    await closed;
  });
  return () => printed;
}

// The whole first hour of somebody who reads it.
describe('the README', () => {
  test('its first line, in a clone and with an empty npm cache, starts the service, and a click in a browser is an event', async () => {
    const clone = join(directory, 'cdk-referrals');
    await follow(`git clone --quiet ${resolve('.')} ${clone}`, directory);
    const [, command = ''] =
      /^```sh\n(npm ci && npm start)/m.exec(await readFile('README.md', 'utf8')) ?? [];
    const npm_config_cache = join(directory, 'npm-cache');
    const printed = start(command, clone, { PORT: '0', npm_config_cache });
    const events = () => printed().match(/ResponseRecorded +RESPONDED/g) ?? [];
    // One is from the main job.
    await vi.waitFor(() => expect(events(), printed()).toHaveLength(1), 240_000);
    const [, link = ''] = /has a link: (\S+)/.exec(printed()) ?? [];
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox'],
    });
    onTestFinished(() => browser.close());
    const page = await browser.newPage({ userAgent: BROWSER });
    expect((await page.goto(link))?.status()).toBe(200);
    await vi.waitFor(() => expect(events(), printed()).toHaveLength(2), 20_000);
  });

  test('“Deploy”, followed literally, deploys', async () => {
    const [commands = ''] = await readmeBlocks('deploy');
    await follow(commands, resolve('.'), outputsTo('deploy.json'));
    const { Referrals } = JSON.parse(await readFile(join(directory, 'deploy.json'), 'utf8'));
    expect(Object.keys(Referrals).toSorted()).toEqual([
      'ApiUrl',
      'ClickDeadLettersUrl',
      'CognitoEndpoint',
      'ConsumeStreamFunctionName',
      'DefaultRedirectTo',
      'DynamoDBEndpoint',
      'EventBusName',
      'SignUpDeadLettersUrl',
      'StreamDeadLettersUrl',
      'TableName',
      'UserPoolClientId',
      'UserPoolId',
    ]);
    expect((await call(Referrals, 'GET /me/referral')).status).toBe(401);
  });

  test('“Use in your own CDK app”, followed literally with the packed tarball, passes the app’s own test and does the main job', async () => {
    const tarball = await packInto(directory);
    const [install = '', deploy = ''] = await readmeBlocks('app');
    await follow(install.replace('install cdk-referrals', `install ${tarball}`), directory);
    const app = join(directory, 'my-app');
    await addReadmeStack(app);
    expect(await follow('npm test', app)).toContain('1 passed, 1 total');
    await follow('npx referrals --help', app);
    await follow(deploy, app, outputsTo('app.json'));

    const { MyAppStack } = JSON.parse(await readFile(join(directory, 'app.json'), 'utf8'));
    const outputs = { ...MyAppStack, CognitoEndpoint: aws.endpoint };
    const signUp = async (email: string, session?: string) => {
      const userId = await signUpUser(outputs, { email, password: PASSWORD });
      await invokePostConfirmation(outputs, { userId, email, session });
      const { idToken: token } = await signInUser(outputs, { email, password: PASSWORD });
      return { userId, token };
    };
    const ada = await signUp('ada@example.com');
    const { body: link } = await call(outputs, 'GET /me/referral', { token: ada.token });
    const session = sessionIn(await call(outputs, `GET /r/${link.code}`));
    await call(outputs, 'POST /actions', { session, body: { action: 'BOUGHT' } });
    const grace = await signUp('grace@example.com', session);
    const { body } = await call(outputs, 'GET /responses', { token: ada.token });
    expect(
      body.items.map(({ action, userId }: Record<string, string>) => [action, userId]),
    ).toEqual([
      ['SIGNED_UP', grace.userId],
      ['BOUGHT', grace.userId],
      ['RESPONDED', grace.userId],
    ]);

    const stack = join(app, 'lib/my-app-stack.ts');
    const setting = "defaultRedirectTo: 'https://app.example.com/start',\n      userPool,";
    await writeFile(stack, (await readFile(stack, 'utf8')).replace('userPool,', setting));
    await follow(deploy, app, outputsTo('app.json'));
    const joan = await signUp('joan@example.com');
    const { body: later } = await call(outputs, 'GET /me/referral', { token: joan.token });
    expect(later.redirectTo).toBe('https://app.example.com/start');

    const before = await tables();
    expect((await call(outputs, 'GET /openapi.json')).status).toBe(200);
    await follow(deploy.replace('deploy', 'destroy --force'), app);
    expect((await call(outputs, 'GET /openapi.json')).status).toBe(404);
    expect(await tables()).toEqual(before);

    // The pool was kept, and with it the trigger that it calls.
    const email = 'lena@example.com';
    const kept = { ...outputs, UserPoolClientId: await newClient(outputs.UserPoolId) };
    const userId = await signUpUser(kept, { email, password: PASSWORD });
    const { event, answer } = await invokePostConfirmation(kept, { userId, email });
    expect(answer).toEqual(event);
    expect(await linksOf(userId)).toBe(1);
  });
});
