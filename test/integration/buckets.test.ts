import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { createReferral } from '../../functions/core/create-referral.ts';
import { createClients } from '../../functions/store/client.ts';
import { createStore } from '../../functions/store/dynamodb-store.ts';
import { indexIsFull } from '../dynamodb-proxy/fates.ts';
import { startDynamoDBProxy } from '../dynamodb-proxy/proxy.ts';
import { domainOn, newSession, newUserId } from './domain.ts';

const outputs = inject('outputs');

async function watched() {
  const proxy = await startDynamoDBProxy(outputs.DynamoDBEndpoint);
  onTestFinished(proxy.stop);
  const domain = domainOn({ ...outputs, DynamoDBEndpoint: proxy.endpoint });
  const { referral } = await createReferral(domain, { userId: newUserId(), redirectTo: '/' });
  const put = () => {
    const now = new Date();
    return domain.store.putResponse(
      {
        id: domain.newId(now),
        code: referral.code,
        action: 'RESPONDED',
        kind: 'human',
        first: true,
        trusted: true,
        session: newSession(),
        createdAt: now.toISOString(),
      },
      referral,
    );
  };
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
  let visited = 0;
  const hot = { ...referral, buckets: 256 };
  await store.eachResponse(hot, 0, Number.POSITIVE_INFINITY, () => visited++);
  expect([visited, asked.size]).toEqual([0, 256]);
  clients.close();
});
