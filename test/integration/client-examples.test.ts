import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';
import { readmeBlocks } from '../deploy/consumer.ts';
import { call, click, createReferral, signUp, type User } from './client.ts';
import { startTestService } from './test-service.ts';

const outputs = inject('outputs');
let owner: User;
let code: string;
let session: string;
let printed: string[];

beforeEach(async () => {
  owner = await signUp(outputs);
  code = await createReferral(outputs, owner);
  ({ session } = await click(outputs, code));
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((...words) => printed.push(words.join(' ')));
  const environment = {
    REFERRALS_RECORD_ACTION_FUNCTION: 'record-backend-action',
    AWS_ENDPOINT_URL_LAMBDA: outputs.ApiUrl,
    AWS_REGION: 'local',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** Runs the example of a document that is marked with a name, in an app that has these variables. */
async function run(
  mark: string,
  document: string,
  { apiUrl = outputs.ApiUrl, ...variables }: { apiUrl?: string; [name: string]: unknown } = {},
) {
  for (const [name, value] of Object.entries(variables)) vi.stubGlobal(name, value);
  const [example = ''] = await readmeBlocks(mark, document);
  const file = join(inject('scratch'), `${randomUUID()}.ts`);
  const code = example
    .replace(/'cdk-referrals\/(\w+)'/, (_, name) => `'${resolve('web', name, 'index.ts')}'`)
    .replace('https://api.example.com', apiUrl);
  await writeFile(file, code);
  return import(file);
}

test('“From your backend” in the README records what a user paid', async () => {
  const { userId } = await signUp(outputs, session);
  const { handler } = await run('payment-webhook.ts', 'README.md');
  const recorded = await handler({ userId, orderId: '7' });
  expect(recorded).toMatchObject({ code, action: 'PAID', userId, trusted: true });
  expect(await handler({ userId, orderId: '7' })).toEqual(recorded);
});

test('the example of the client in docs/client.md runs, and offers a free code', async () => {
  const service = await startTestService({
    variables: { DYNAMODB_ENDPOINT: outputs.DynamoDBEndpoint, CODE_CUSTOM: 'true' },
  });
  // Somebody else has the code already.
  await createReferral(service.outputs, await signUp(service.outputs), {
    redirectTo: '/first',
    code: 'ada-lovelace',
  });
  const { token } = await signUp(service.outputs);
  const link = await call(service.outputs, 'GET /me/referral', { token });
  await click(service.outputs, link.body.code);
  await run('client', 'docs/client.md', {
    apiUrl: service.outputs.ApiUrl,
    fetchAuthSession: async () => ({ tokens: { idToken: token } }),
    localStorage: { getItem: () => null },
  });
  expect(printed).toEqual([
    expect.stringMatching(/Z Clicked on referral link$/),
    expect.stringMatching(/ What about ada-lovelace-2\?$/),
  ]);
  await service.stop();
});

test('the example of the backend in docs/client.md runs', async () => {
  const { userId } = await signUp(outputs, session);
  await run('backend', 'docs/client.md', { userId, orderId: '7' });
  expect(printed).toEqual([`Thank ${owner.userId} for ${code}.`]);
});

test('the example of events in docs/client.md runs', async () => {
  const paid: unknown[] = [];
  const { handler } = await run('events', 'docs/client.md', {
    payReferrer: async (...given: unknown[]) => paid.push(given),
  });
  const detail = {
    id: '1',
    code,
    action: 'PAID',
    kind: 'human',
    first: false,
    trusted: true,
    via: 'link',
    existingUser: false,
    referrer: owner.userId,
    visitor: { type: 'user', id: 'grace' },
    target: null,
    createdAt: '2026-11-24T06:43:58.428Z',
  };
  const event = { source: 'cdk-referrals', 'detail-type': 'ResponseRecorded' };
  await handler({ ...event, detail });
  await handler({ ...event, detail: { ...detail, id: '2', trusted: false } });
  expect(paid).toEqual([[owner.userId, { once: '1' }]]);
});
