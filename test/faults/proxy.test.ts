import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { cancellation, type Fate } from '../dynamodb-proxy/fates.ts';
import { laggingIndex } from '../dynamodb-proxy/lagging-index.ts';
import { type DynamoDBProxy, startDynamoDBProxy } from '../dynamodb-proxy/proxy.ts';

/** The requests that the database got. It answers each with itself. */
const received: unknown[] = [];
const database = createServer(async (request, response) => {
  const input = await json(request);
  received.push(input);
  response.end(JSON.stringify(input));
});
let proxy: DynamoDBProxy;

const portOf = (server: Server) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  database.listen(0, '127.0.0.1');
  await once(database, 'listening');
  proxy = await startDynamoDBProxy(`http://127.0.0.1:${portOf(database)}`);
  proxy.patience = 200;
});
beforeEach(() => {
  received.length = 0;
  Object.assign(proxy, { decide: () => 'pass', rewrite: undefined, reshape: undefined });
});
afterAll(() => {
  proxy.stop();
  database.close();
});

/** The answer to a client that waits for 100 ms. */
async function send(operation: string, input: object): Promise<unknown> {
  try {
    const answer = await fetch(proxy.endpoint, {
      method: 'POST',
      headers: { 'x-amz-target': `DynamoDB_20120810.${operation}` },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(100),
    });
    return [answer.status, await answer.json()];
  } catch (error) {
    return (error as Error).name === 'TimeoutError' ? 'nothing' : 'cut';
  }
}

const put = { TableName: 'T', Item: { pk: { S: 'a' }, sk: { S: 's' } } };
const internal = {
  __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
  message: 'Internal server error',
};

test.each<[Fate, heard: unknown, done: number]>([
  ['pass', [200, put], 1],
  ['cut', 'cut', 0],
  ['cut-after', 'cut', 1],
  ['hang', 'nothing', 0],
  ['slow', 'nothing', 1],
  ['error', [500, internal], 0],
  ['error-after', [500, internal], 1],
  [cancellation([{ Code: 'None' }]), [400, cancellation([{ Code: 'None' }]).body], 0],
])(
  '%s: the client gets the right answer, and the write is done or not',
  async (fate, heard, done) => {
    proxy.decide = () => fate;
    expect([await send('PutItem', put), received.length]).toEqual([heard, done]);
  },
);

test('late: the write is done after the client has given up', async () => {
  proxy.decide = () => 'late';
  expect([await send('PutItem', put), received]).toEqual(['nothing', []]);
  await vi.waitFor(() => expect(received).toEqual([put]));
});

test('conflict: a transaction gets a reason for each item, a write gets its own error, a read passes', async () => {
  proxy.decide = () => 'conflict';
  const reasons = cancellation([
    { Code: 'None' },
    { Code: 'None' },
    { Code: 'TransactionConflict' },
  ]);
  const TransactItems = [{ Put: put }, { Put: put }, { Put: put }];
  const key = { TableName: 'T', Key: put.Item };
  expect([
    await send('TransactWriteItems', { TransactItems }),
    await send('PutItem', put),
    await send('GetItem', key),
  ]).toEqual([
    [400, reasons.body],
    [
      400,
      {
        __type: 'com.amazonaws.dynamodb.v20120810#TransactionConflictException',
        message: 'Transaction is ongoing for the item',
      },
    ],
    [200, key],
  ]);
});

test('the proxy can change requests and answers', async () => {
  proxy.rewrite = (_operation, input) => ({ ...input, ReturnValues: 'ALL_OLD' });
  proxy.reshape = (operation, input, output) => ({ operation, input, output });
  const output = { ...put, ReturnValues: 'ALL_OLD' };
  expect([await send('PutItem', put), received]).toEqual([
    [200, { operation: 'PutItem', input: put, output }],
    [output],
  ]);
});

test('connections are cut while the database is away, and work again when it is back at another address', async () => {
  const home = proxy.upstream;
  proxy.upstream = 'http://127.0.0.1:1';
  const away = await send('PutItem', put);
  proxy.upstream = home;
  expect([away, await send('PutItem', put), received]).toEqual(['cut', [200, put], [put]]);
});

test('a lagging index shows an item after its lag, while the table shows it at once', async () => {
  const clock = { now: 0 };
  Object.assign(
    proxy,
    laggingIndex(
      () => 100,
      () => clock.now,
    ),
  );
  const item = { pk: { S: 'a' }, sk: { S: 's' }, gsi1pk: { S: 'g' } };
  await send('PutItem', { TableName: 'T', Item: item });
  // The database here answers with its request, so a test can make it answer with any items.
  const query = {
    TableName: 'T',
    KeyConditionExpression: 'gsi1pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: 'g' } },
    Items: [item],
    Count: 1,
  };
  const ofIndex = { ...query, IndexName: 'gsi1', ProjectionExpression: 'kind' };
  const shown = { ...ofIndex, ProjectionExpression: 'kind, pk, sk' };
  const seen = async () => [await send('Query', query), await send('Query', ofIndex)];
  expect(await seen()).toEqual([
    [200, query],
    [200, { ...shown, Items: [], Count: 0 }],
  ]);
  clock.now = 100;
  expect(await seen()).toEqual([
    [200, query],
    [200, shown],
  ]);
});
