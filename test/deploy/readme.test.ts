import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { signInUser, signUpUser } from '../../local/cognito.ts';
import type { Emulator } from '../../local/emulator.ts';
import { PASSWORD, sessionIn } from '../integration/client.ts';
import { call } from './browser.ts';
import { emulatedAccount } from './cdk.ts';
import { startMiniStack } from './ministack.ts';
import { invokePostConfirmation } from './trigger.ts';

const run = promisify(execFile);
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

/** The code blocks of the README that are marked with a name, in order. */
async function blocks(mark: string): Promise<string[]> {
  const readme = await readFile('README.md', 'utf8');
  return [...readme.matchAll(/^```\w+ (\S+)\n(.*?)^```/gms)]
    .filter(([, name]) => name === mark)
    .map(([, , code = '']) => code);
}

/** Runs commands exactly as they are. The environment gives the answers that a person would give. */
async function follow(commands: string, cwd: string, outputsFile: string): Promise<void> {
  const { AWS_PROFILE: _, ...environment } = process.env;
  const answers = {
    CDK_REQUIRE_APPROVAL: 'never',
    CDK_OUTPUTS_FILE: outputsFile,
    CDK_OUTPUT: join(directory, 'cdk.out'),
    CDK_NOTICES: 'false',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
  await run('sh', ['-e', '-c', commands], { cwd, env: { ...environment, ...answers } });
}

async function tables(): Promise<string[]> {
  const client = new DynamoDBClient();
  const { TableNames = [] } = await client.send(new ListTablesCommand());
  client.destroy();
  return TableNames;
}

describe('the README', () => {
  test('“Deploy”, followed literally, deploys', async () => {
    const [commands = ''] = await blocks('deploy');
    const outputsFile = join(directory, 'deploy.json');
    await follow(commands, resolve('.'), outputsFile);
    const { Referrals } = JSON.parse(await readFile(outputsFile, 'utf8'));
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

  test('“Use in your own CDK app”, followed literally with the packed tarball and no bundler, does the main job', async () => {
    const app = join(directory, 'app');
    await mkdir(app);
    const { stdout } = await run('npm', ['pack', '--pack-destination', directory]);
    const tarball = join(directory, stdout.trim().split('\n').at(-1) ?? '');
    const [install = '', deploy = ''] = await blocks('app');
    const [program = ''] = await blocks('app.mjs');
    await writeFile(join(app, 'app.mjs'), program);
    const outputsFile = join(directory, 'app.json');
    await follow(install.replace('cdk-referrals', tarball), app, outputsFile);
    expect(existsSync(join(app, 'node_modules', 'esbuild'))).toBe(false);
    await follow(deploy, app, outputsFile);

    const { MyApp } = JSON.parse(await readFile(outputsFile, 'utf8'));
    const outputs = { ...MyApp, CognitoEndpoint: aws.endpoint };
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

    const setting = "defaultRedirectTo: 'https://app.example.com/start',\n  userPool,";
    await writeFile(join(app, 'app.mjs'), program.replace('userPool,', setting));
    await follow(deploy, app, outputsFile);
    const joan = await signUp('joan@example.com');
    const { body: later } = await call(outputs, 'GET /me/referral', { token: joan.token });
    expect(later.redirectTo).toBe('https://app.example.com/start');

    const before = await tables();
    await follow(deploy.replace('deploy', 'destroy --force'), app, outputsFile);
    expect((await call(outputs, 'GET /me/referral')).status).toBe(404);
    expect(await tables()).toEqual(before);
  });
});
