import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outputs } from '../../local/outputs.ts';
import { call, click } from './browser.ts';
import { type Deployment, startDeployment } from './deployment.ts';
import { signUp } from './trigger.ts';

let deployment: Deployment;
let outputs: Outputs;

beforeAll(async () => {
  deployment = await startDeployment();
  outputs = deployment.outputs;
});
afterAll(() => deployment?.stop());

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
    const ada = await signUp(outputs);
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
    const landing = new URL(clicked.headers.get('location') ?? '');
    const handoff = landing.searchParams.get('referral_handoff');
    expect([clicked.status, landing.href]).toEqual([
      302,
      `https://app.example.com/?referral_handoff=${handoff}`,
    ]);
    const exchanged = await call(outputs, 'POST /session', { body: { handoff } });
    expect([exchanged.status, exchanged.body]).toEqual([200, { session: clicked.session }]);
    // The session arrives in the headers in both ways. API Gateway puts cookies into `cookies`, MiniStack does not.
    await click(link, clicked.session);
    const head = await call(outputs, `HEAD /r/${link.code}`);
    expect(head.status).toBe(302);

    const { session } = clicked;
    const acted = await call(outputs, 'POST /actions', {
      session,
      body: { action: 'VIEWED_PRICING' },
    });
    expect(acted).toMatchObject({ status: 201, body: { response: { code: link.code } } });

    const grace = await signUp(outputs, session);
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

  test('a session is linked to an existing user', async () => {
    const ada = await signUp(outputs);
    const grace = await signUp(outputs);
    const { body: link } = await call(outputs, 'GET /me/referral', { token: ada.token });
    const { session } = await click(link);
    const options = { session, token: grace.token };
    const linked = await call(outputs, 'POST /session/link', options);
    expect([linked.status, linked.body]).toEqual([200, { linked: 1 }]);
    const again = await call(outputs, 'POST /session/link', options);
    expect(again.body).toEqual({ linked: 0 });
  });

  test('a function verifies a token that the gateway lets pass', async () => {
    const ada = await signUp(outputs);
    const grace = await signUp(outputs);
    const { body: link } = await call(outputs, 'GET /me/referral', { token: ada.token });
    const { session } = await click(link);
    const { token } = grace;
    await call(outputs, 'POST /session/link', { session, token });
    const attribution = await call(outputs, 'GET /attribution', { token });
    expect(attribution).toMatchObject({ status: 200, body: { referral: { code: link.code } } });
    const forged = await call(outputs, 'GET /attribution', { token: forge(token) });
    expect(forged).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
  });

  test('the gateway refuses requests without a token or with a forged one', async () => {
    const { token } = await signUp(outputs);
    for (const options of [{}, { token: 'x' }, { token: forge(token) }]) {
      const answer = await call(outputs, 'GET /me/referral', options);
      expect([answer.status, answer.body]).toEqual([401, { message: 'Unauthorized' }]);
    }
  });

  test('a second deployment changes a setting, adds hooks, and loses no data', async () => {
    const { token } = await signUp(outputs);
    const { body: link } = await call(outputs, 'GET /me/referral', { token });
    await click(link);
    const hooks = join(deployment.directory, 'hooks.ts');
    const source = "export const generateCode = (_: object, owner: any) => 'of-' + owner.userId;";
    await writeFile(hooks, source);
    const redeployed = await deployment.deploy({
      defaultRedirectTo: 'https://app.example.com/start',
      hooks,
    });
    expect(redeployed).toEqual({
      ...outputs,
      DefaultRedirectTo: 'https://app.example.com/start',
    });
    const { body: kept } = await call(outputs, 'GET /me/referral', { token });
    expect(kept).toEqual({ ...link, clicks: 1, uniqueVisitors: 1 });
    const newcomer = await signUp(outputs);
    const { body: fresh } = await call(outputs, 'GET /me/referral', { token: newcomer.token });
    expect([fresh.redirectTo, fresh.code]).toEqual([
      'https://app.example.com/start',
      `of-${newcomer.userId}`,
    ]);
  });

  test('the table outlives the stack', async () => {
    const before = await tableItems();
    await deployment.destroy();
    expect((await call(outputs, 'GET /me/referral')).status).toBe(404);
    expect(before.length).toBeGreaterThan(0);
    expect(await tableItems()).toEqual(before);
  });
});

/** A token with the claims of another token and a wrong signature. */
const forge = (token: string): string => `${token.slice(0, -8)}${'A'.repeat(8)}`;
