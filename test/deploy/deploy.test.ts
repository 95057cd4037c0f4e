import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type AttributeValue,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createTable, enableStream } from '../../local/dynamodb.ts';
import type { Outputs } from '../../local/outputs.ts';
import { BROWSER } from '../integration/client.ts';
import { TIME } from '../integration/time.ts';
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

type Item = Record<string, AttributeValue>;

async function tableItems(TableName = outputs.TableName): Promise<Item[]> {
  const client = new DynamoDBClient();
  const items: Item[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName })) items.push(...Items);
  client.destroy();
  return items;
}

/** Does what a restore does: a new table with the same items. Switches its stream on, and returns the stream's ARN. */
async function restoreTable(TableName: string): Promise<string> {
  const client = new DynamoDBClient();
  await createTable(outputs.CognitoEndpoint, TableName, false);
  for (const Item of await tableItems()) await client.send(new PutItemCommand({ TableName, Item }));
  await enableStream(outputs.CognitoEndpoint, TableName);
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  client.destroy();
  return Table?.LatestStreamArn ?? '';
}

describe('a deployed stack, on MiniStack, which never calls the post-confirmation trigger: the test does', () => {
  test('the main job', async () => {
    const ada = await signUp(outputs);
    const { body: links } = await call(outputs, 'GET /referrals', { token: ada.token });
    const { body: link } = await call(outputs, 'GET /me/referral', { token: ada.token });
    expect(links.items).toEqual([{ ...link, countedUntil: TIME }]);
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
    expect([exchanged.status, exchanged.body]).toEqual([
      200,
      { session: clicked.session, cookie: false },
    ]);
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
    expect(counted).toEqual({ ...link, clicks: 2, uniqueVisitors: 1, countedUntil: TIME });
  });

  test('a page of the app loads the script from the API, what its visitor does is credited, and its client shows them their link', async () => {
    const ada = await signUp(outputs);
    const { body: link } = await call(outputs, 'GET /me/referral', { token: ada.token });
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      // MiniStack answers without CORS, and no page of the internet may call this machine.
      args: [
        '--no-sandbox',
        '--disable-web-security',
        '--disable-features=LocalNetworkAccessChecks',
      ],
    });
    onTestFinished(() => browser.close());
    const context = await browser.newContext({ userAgent: BROWSER });
    await context.route('https://app.example.com/**', (route) =>
      route.fulfill({
        contentType: 'text/html',
        headers: {
          'content-security-policy': `default-src 'none'; script-src 'self' ${outputs.ApiUrl}; connect-src ${outputs.ApiUrl}`,
        },
        body: `<!doctype html><script src="${outputs.ApiUrl}/referrals.js"></script><script src="/app.js"></script>`,
      }),
    );
    const { outputFiles } = await build({
      entryPoints: ['web/client/index.ts'],
      bundle: true,
      format: 'iife',
      globalName: 'client',
      write: false,
    });
    await context.route('https://app.example.com/app.js', (route) =>
      route.fulfill({ contentType: 'text/javascript', body: outputFiles[0]?.text ?? '' }),
    );
    const page = await context.newPage();
    // Playwright can't answer for a host that a redirect leads to.
    const { headers } = await click(link);
    await page.goto(headers.get('location') ?? '');
    const session = await page.evaluate('referrals.session()');
    expect(session).toMatch(/^[\w-]{32}$/);
    expect(page.url()).toBe('https://app.example.com/');
    expect(await page.evaluate("referrals.record('VIEWED_PRICING')")).toMatchObject({
      code: link.code,
    });
    await page.goto(`https://app.example.com/pricing?ref=${link.code}`);
    expect(await page.evaluate('referrals.attribution()')).toMatchObject({ via: 'page' });
    const grace = await signUp(outputs, `${session}`);
    const { body } = await call(outputs, 'GET /responses', { token: ada.token });
    expect(
      body.items.map(({ action, via, userId }: Record<string, string>) => [action, via, userId]),
    ).toEqual([
      ['SIGNED_UP', 'page', grace.userId],
      ['RESPONDED', 'page', grace.userId],
      ['VIEWED_PRICING', 'link', grace.userId],
      ['RESPONDED', 'link', grace.userId],
    ]);
    const options = `{ apiUrl: '${outputs.ApiUrl}', token: () => '${grace.token}' }`;
    const { body: own } = await call(outputs, 'GET /me/referral', { token: grace.token });
    expect(await page.evaluate(`client.createReferrals(${options}).mine()`)).toEqual({
      ...own,
      countedUntil: TIME,
    });
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
    expect(kept).toEqual({ ...link, clicks: 1, uniqueVisitors: 1, countedUntil: TIME });
    const newcomer = await signUp(outputs);
    const { body: fresh } = await call(outputs, 'GET /me/referral', { token: newcomer.token });
    expect([fresh.redirectTo, fresh.code]).toEqual([
      'https://app.example.com/start',
      `of-${newcomer.userId}`,
    ]);
  });

  test('a table that was restored under another name is taken in, with its counts, and its stream is followed', async () => {
    const { token } = await signUp(outputs);
    const { body: link } = await call(outputs, 'GET /me/referral', { token });
    await click(link);
    const restored = await restoreTable('restored');
    const redeployed = await deployment.deploy({ existingTableStreamArn: restored });
    expect(redeployed.TableName).toBe('restored');
    await click(link);
    const { body } = await call(outputs, `GET /referrals/${link.code}`, { token });
    expect(body).toMatchObject({ code: link.code, clicks: 2, uniqueVisitors: 1 });
    const newcomer = await signUp(outputs);
    const { body: fresh } = await call(outputs, 'GET /me/referral', { token: newcomer.token });
    await click(fresh);
    // The consumer of the stream marks the hour of the click.
    const marks = async () =>
      (await tableItems('restored')).filter(({ pk, sk }) =>
        `${pk?.S} ${sk?.S}`.startsWith(`REFERRAL#${fresh.code} OPEN#`),
      );
    await vi.waitFor(async () => expect(await marks()).toHaveLength(1), 60_000);
  });

  test('the table outlives the stack', async () => {
    const before = await tableItems();
    expect((await call(outputs, 'GET /openapi.json')).status).toBe(200);
    await deployment.destroy();
    expect((await call(outputs, 'GET /openapi.json')).status).toBe(404);
    expect(before.length).toBeGreaterThan(0);
    expect(await tableItems()).toEqual(before);
  });
});

/** A token with the claims of another token and a wrong signature. */
const forge = (token: string): string => `${token.slice(0, -8)}${'A'.repeat(8)}`;
