import { afterAll, beforeAll, expect, inject, onTestFinished, test, vi } from 'vitest';
import { createReferral } from '../../functions/core/create-referral.ts';
import { editReferral } from '../../functions/core/edit-referral.ts';
import { type DynamoDBProxy, startDynamoDBProxy } from '../dynamodb-proxy/proxy.ts';
import { domainOn, newUserId } from './domain.ts';

const outputs = inject('outputs');
let proxy: DynamoDBProxy;

beforeAll(async () => {
  proxy = await startDynamoDBProxy(outputs.DynamoDBEndpoint);
});
afterAll(() => proxy.stop());

/** Imports the services of the click, with a watched database. */
async function importServices() {
  const { ApiUrl, TableName } = outputs;
  Object.assign(process.env, {
    TABLE_NAME: TableName,
    API_URL: ApiUrl,
    APP_URL: ApiUrl,
    // Calls don't wait long if there is a queue.
    CLICK_QUEUE_URL: 'http://127.0.0.1:9/000000000000/clicks',
  });
  domainOn({ ...outputs, DynamoDBEndpoint: proxy.endpoint });
  const { clickServices } = await import('../../functions/setup/click-services.ts');
  return clickServices(async () => {});
}

test('an edit takes effect within a minute, also for a further code of the link', async () => {
  const domain = domainOn(outputs, { code: { custom: true, ignoreCase: false } });
  const link = { userId: newUserId(), redirectTo: '/' };
  const { referral } = await createReferral(domain, link);
  const alias = `own-${newUserId()}`;
  const edit = (changes: object) => editReferral(domain, link.userId, referral.code, changes);
  await edit({ code: alias });
  const { findRecentReferral } = await importServices();
  let passed = 0;
  const now = performance.now.bind(performance);
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + passed);
  onTestFinished(() => clock.mockRestore());

  const codes = [referral.code, alias];
  const labels = () =>
    Promise.all(codes.map(async (code) => (await findRecentReferral(code))?.label));
  expect(await labels()).toEqual([undefined, undefined]);
  await edit({ label: 'spring' });
  expect(await labels()).toEqual([undefined, undefined]);
  passed = 60_000;
  expect(await labels()).toEqual(['spring', 'spring']);
  // By their keys, because a read that is slow is sent again.
  const read = new Set<string>();
  proxy.decide = (operation, { Key }) => {
    if (operation === 'GetItem') read.add(Key.pk.S);
    return 'pass';
  };
  onTestFinished(() => {
    proxy.decide = () => 'pass';
  });
  passed = 120_000;
  await findRecentReferral(alias);
  expect([...read]).toEqual([`REFERRAL#${alias}`, `REFERRAL#${referral.code}`]);
});

test('a remembered link is looked up again after a minute, and is kept if that fails', async () => {
  const domain = domainOn(outputs);
  const { referral } = await createReferral(domain, { userId: newUserId(), redirectTo: '/' });
  const { findRecentReferral } = await importServices();
  let passed = 0;
  const now = performance.now.bind(performance);
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + passed);
  onTestFinished(() => clock.mockRestore());

  const lookUp = async () => {
    proxy.operations.length = 0;
    expect(await findRecentReferral(referral.code)).toEqual(referral);
    return proxy.operations.length;
  };
  expect(await lookUp()).toBe(1);
  passed = 59_000;
  expect(await lookUp()).toBe(0);
  passed = 61_000;
  expect(await lookUp()).toBe(1);

  passed = 122_000;
  proxy.decide = () => 'cut';
  expect(await lookUp()).toBe(1);
  expect(await lookUp()).toBe(0);
  await expect(findRecentReferral('unknown')).rejects.toMatchObject({ code: 'unavailable' });

  passed = 183_000;
  proxy.decide = () => 'hang';
  const started = now();
  expect(await lookUp()).toBe(1);
  expect(now() - started).toBeLessThan(1_500);
  proxy.decide = () => 'pass';
});
