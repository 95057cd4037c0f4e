import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { signInUser, signUpUser } from '../../local/cognito.ts';
import type { Emulator } from '../../local/emulator.ts';
import type { Outputs } from '../../local/service.ts';
import { PASSWORD, sessionIn, type User } from '../integration/client.ts';
import { call } from './browser.ts';
import { Cdk, emulatedAccount } from './cdk.ts';
import { startMiniStack } from './ministack.ts';
import { invokePostConfirmation } from './trigger.ts';

let directory: string;
let aws: Emulator;
let cdk: Cdk;
let outputs: Outputs;

/** Deploys; Cognito is then reached where the emulator is. */
const deploy = async (settings: Record<string, string>): Promise<Outputs> => ({
  ...(await cdk.deploy({ appUrl: 'https://app.example.com', ...settings })),
  CognitoEndpoint: aws.endpoint,
});

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'referrals-deploy-'));
  aws = await startMiniStack(directory);
  for (const [name, value] of Object.entries(emulatedAccount(aws.endpoint)))
    vi.stubEnv(name, value);
  cdk = new Cdk(aws.endpoint, directory);
  await cdk.bootstrap();
  outputs = await deploy({});
}, 300_000);
afterAll(async () => {
  // What did not start has left its log there.
  if (aws === undefined) return;
  await aws.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Signs a user up with the session they came with, has the trigger called, and signs them in. */
async function signUp(session?: string): Promise<User> {
  const email = `${randomUUID()}@example.com`;
  const userId = await signUpUser(outputs, { email, password: PASSWORD, session });
  const { event, answer } = await invokePostConfirmation(outputs, { userId, email, session });
  expect(answer).toEqual(event);
  const { idToken } = await signInUser(outputs, { email, password: PASSWORD });
  return { email, userId, token: idToken };
}

/** Clicks a link by its own URL. */
async function click(link: { url: string }, session?: string) {
  const { origin, pathname } = new URL(link.url);
  const headers = session ? { cookie: `referral_session=${session}` } : {};
  const answer = await call({ ApiUrl: origin }, `GET ${pathname}`, { headers });
  return { ...answer, session: sessionIn(answer) };
}

async function tableItems(): Promise<object[]> {
  const client = new DynamoDBClient();
  const items: object[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: outputs.TableName })) {
    items.push(...Items);
  }
  client.destroy();
  return items;
}

describe('a deployed stack, on MiniStack, which never calls the post-confirmation trigger: the test does', () => {
  test('the main job', async () => {
    const ada = await signUp();
    const { body: links } = await call(outputs, 'GET /referrals', { token: ada.token });
    const { body: link } = await call(outputs, 'GET /me/referral', { token: ada.token });
    expect(links.items).toEqual([link]);
    expect(link).toMatchObject({
      userId: ada.userId,
      url: `${outputs.ApiUrl}/r/${link.code}`,
      redirectTo: 'https://app.example.com/',
      clicks: 0,
    });

    const clicked = await click(link);
    expect([clicked.status, clicked.headers.get('location')]).toEqual([
      302,
      `https://app.example.com/?referral_session=${clicked.session}`,
    ]);
    // Both arrive in the headers; API Gateway puts cookies into `cookies`, MiniStack does not.
    await click(link, clicked.session);
    const head = await call(outputs, `HEAD /r/${link.code}`);
    expect(head.status).toBe(302);

    const { session } = clicked;
    const acted = await call(outputs, 'POST /actions', {
      session,
      body: { action: 'VIEWED_PRICING' },
    });
    expect(acted).toMatchObject({ status: 201, body: { response: { code: link.code } } });

    const grace = await signUp(session);
    const { body: page } = await call(outputs, `GET /referrals/${link.code}/responses`, {
      token: ada.token,
    });
    expect(
      page.items.map(({ action, kind, userId }: Record<string, string>) => [action, kind, userId]),
    ).toEqual([
      ['SIGNED_UP', 'human', grace.userId],
      ['VIEWED_PRICING', 'human', grace.userId],
      ['RESPONDED', 'prefetch', null],
      ['RESPONDED', 'human', grace.userId],
      ['RESPONDED', 'human', grace.userId],
    ]);
    const { body: counted } = await call(outputs, `GET /referrals/${link.code}`, {
      token: ada.token,
    });
    expect(counted).toEqual({ ...link, clicks: 2, uniqueVisitors: 1 });
  });

  test('a session is linked to a user who had signed up before', async () => {
    const ada = await signUp();
    const grace = await signUp();
    const { body: link } = await call(outputs, 'GET /me/referral', { token: ada.token });
    const { session } = await click(link);
    const options = { session, token: grace.token };
    const linked = await call(outputs, 'POST /session/link', options);
    expect([linked.status, linked.body]).toEqual([200, { linked: 1 }]);
    const again = await call(outputs, 'POST /session/link', options);
    expect(again.body).toEqual({ linked: 0 });
  });

  test('a function verifies the token that the gateway lets pass', async () => {
    const ada = await signUp();
    const grace = await signUp();
    const { body: link } = await call(outputs, 'GET /me/referral', { token: ada.token });
    const { session } = await click(link);
    const { token } = grace;
    await call(outputs, 'POST /session/link', { session, token });
    const attribution = await call(outputs, 'GET /attribution', { token });
    expect(attribution).toMatchObject({ status: 200, body: { referral: { code: link.code } } });
    const forged = await call(outputs, 'GET /attribution', { token: forge(token) });
    expect(forged).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
  });

  test('the gateway refuses requests without a token, or with a forged one', async () => {
    const { token } = await signUp();
    for (const options of [{}, { token: 'x' }, { token: forge(token) }]) {
      const answer = await call(outputs, 'GET /me/referral', options);
      expect([answer.status, answer.body]).toEqual([401, { message: 'Unauthorized' }]);
    }
  });

  test('a second deployment changes a setting, brings hooks, and loses nothing', async () => {
    const { token } = await signUp();
    const { body: link } = await call(outputs, 'GET /me/referral', { token });
    await click(link);
    const hooks = join(directory, 'hooks.ts');
    const source = "export const generateCode = (_: object, owner: any) => 'of-' + owner.userId;";
    await writeFile(hooks, source);
    const redeployed = await deploy({ defaultRedirectTo: 'https://app.example.com/start', hooks });
    expect(redeployed).toEqual({
      ...outputs,
      DefaultRedirectTo: 'https://app.example.com/start',
    });
    const { body: kept } = await call(outputs, 'GET /me/referral', { token });
    expect(kept).toEqual({ ...link, clicks: 1, uniqueVisitors: 1 });
    const newcomer = await signUp();
    const { body: fresh } = await call(outputs, 'GET /me/referral', { token: newcomer.token });
    expect([fresh.redirectTo, fresh.code]).toEqual([
      'https://app.example.com/start',
      `of-${newcomer.userId}`,
    ]);
  });

  test('the table outlives the stack', async () => {
    const before = await tableItems();
    await cdk.destroy();
    expect((await call(outputs, 'GET /me/referral')).status).toBe(404);
    expect(before.length).toBeGreaterThan(0);
    expect(await tableItems()).toEqual(before);
  });
});

/** A token with the claims of another and no right signature. */
const forge = (token: string): string => `${token.slice(0, -8)}${'A'.repeat(8)}`;
