import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { closeDueHours } from '../../functions/core/closing.ts';
import { countReferral } from '../../functions/core/counting.ts';
import { createReferral } from '../../functions/core/create-referral.ts';
import { hourAt } from '../../functions/core/hours.ts';
import { openHour } from '../../functions/core/marks.ts';
import { recount } from '../../functions/core/recount.ts';
import { createClients } from '../../functions/store/client.ts';
import { createStore } from '../../functions/store/dynamodb-store.ts';
import { cancellation, indexIsFull } from '../dynamodb-proxy/fates.ts';
import { startDynamoDBProxy } from '../dynamodb-proxy/proxy.ts';
import { domainOn, newClick, newUserId, ownTable } from './domain.ts';

const outputs = inject('outputs');

async function watched() {
  const proxy = await startDynamoDBProxy(outputs.DynamoDBEndpoint);
  onTestFinished(proxy.stop);
  const domain = domainOn({ ...outputs, DynamoDBEndpoint: proxy.endpoint });
  const { referral } = await createReferral(domain, { userId: newUserId(), redirectTo: '/' });
  const put = () => domain.store.putResponse(newClick(domain, referral.code, new Date()), referral);
  const bucketsNow = async () => (await domain.store.findReferral(referral.code))?.buckets;
  return { proxy, domain, referral, put, bucketsNow };
}

test('a write that the index refuses doubles the buckets and is retried at once', async () => {
  const { proxy, put, bucketsNow } = await watched();
  let refusals = 1;
  proxy.operations.length = 0;
  proxy.decide = (operation) => (operation === 'PutItem' && refusals-- > 0 ? indexIsFull : 'pass');
  await put();
  expect(proxy.operations).toEqual(['PutItem', 'UpdateItem', 'PutItem']);
  expect(await bucketsNow()).toBe(2);
});

test('many refused writes at the same time double the buckets once', async () => {
  // "The same time" means within a second, and a busy machine may take longer.
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const { proxy, put, bucketsNow } = await watched();
  let refusals = 50;
  proxy.decide = (operation) => (operation === 'PutItem' && refusals-- > 0 ? indexIsFull : 'pass');
  await Promise.all(Array.from({ length: 20 }, put));
  expect(await bucketsNow()).toBe(2);
});

test('a write that is refused at every try is unavailable', async () => {
  const { proxy, put } = await watched();
  proxy.decide = (operation) => (operation === 'PutItem' ? indexIsFull : 'pass');
  await expect(put()).rejects.toMatchObject({ code: 'unavailable' });
});

test('a referral with the maximum number of buckets can be read within the timeouts of a function', async () => {
  const { proxy, referral } = await watched();
  process.env.AWS_ENDPOINT_URL_DYNAMODB = proxy.endpoint;
  const clients = createClients();
  const store = createStore({ ...clients, name: outputs.TableName });
  // Answers are so slow that a query that waits for a socket would use up its time, including its tries.
  proxy.patience = 200;
  const asked = new Set<string>();
  proxy.decide = (operation, input) => {
    if (operation !== 'Query') return 'pass';
    asked.add(JSON.stringify(input.ExpressionAttributeValues));
    return 'slow';
  };
  const hot = { ...referral, buckets: 256 };
  const { responses } = await store.responsesBetween(hot, 0, Number.POSITIVE_INFINITY, 1_000);
  expect([responses.length, asked.size]).toEqual([0, 256]);
  clients.close();
});

test('partitions that are not needed any more are halved every few hours, and responses in them are found', async () => {
  const domain = domainOn(await ownTable(outputs));
  const HOUR = 3_600_000;
  // Runs at half past, because an hour can be counted five minutes after its end.
  domain.clock.now.setMinutes(30, 0, 0);
  const pass = (hours: number) => {
    domain.clock.now = new Date(domain.clock.now.getTime() + hours * HOUR);
  };
  const { code } = (await createReferral(domain, { userId: newUserId(), redirectTo: '/' }))
    .referral;
  const current = async () =>
    (await domain.store.findReferral(code)) ?? expect.fail('The referral is gone.');
  const put = async () => {
    const at = domain.now();
    const response = newClick(domain, code, at);
    await domain.store.putResponse(response, await current());
    return response.id;
  };
  await domain.table.client.send(
    new UpdateCommand({
      TableName: domain.table.name,
      Key: { pk: `REFERRAL#${code}`, sk: 'REFERRAL' },
      UpdateExpression: 'SET buckets = :wide, resizedAt = :now',
      ExpressionAttributeValues: { ':wide': 256, ':now': domain.now().getTime() },
    }),
  );
  const ids: string[] = [];
  for (let n = 0; n < 20; n++) ids.push(await put());
  await openHour(domain, code, hourAt(domain.now().getTime()));

  const widths: number[] = [];
  for (let hour = 0; hour < 24; hour++) {
    pass(1);
    await closeDueHours(domain, () => true);
    const { clicks, buckets } = await countReferral(domain, await current());
    expect(clicks).toBe(ids.length);
    if (buckets !== widths.at(-1)) widths.push(buckets);
    if (hour % 6 === 5) ids.push(await put());
  }
  expect(widths).toEqual([256, 128, 64, 32, 16, 8, 4, 2]);
  const { items } = await domain.store.listResponses([await current()], { limit: 100 });
  expect(items.map(({ id }) => id)).toEqual(ids.toReversed());
  expect(await recount(domain, await current())).toEqual([]);
});

test('an action with a key doubles the buckets, too', async () => {
  const { proxy, domain, referral, bucketsNow } = await watched();
  const response = newClick(domain, referral.code, new Date());
  const visitor = { session: response.session ?? '' };
  const request = { visitor, key: 'one', fingerprint: 'x', lifetime: 60 };
  const full = cancellation([{ Code: 'None' }, { Code: 'ThrottlingError' }]);
  // The client tries four times.
  let refusals = 4;
  proxy.operations.length = 0;
  proxy.decide = (operation) =>
    operation === 'TransactWriteItems' && refusals-- > 0 ? full : 'pass';
  const stored = await domain.store.putResponseOnce(request, new Date(), { response, referral });
  expect(stored).toEqual(response);
  expect(proxy.operations).toEqual(['TransactWriteItems', 'UpdateItem', 'TransactWriteItems']);
  expect(await bucketsNow()).toBe(2);
});
