import { inspect } from 'node:util';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { sendMessage } from '../../functions/messages/queue.ts';
import { createClickCall } from '../../functions/store/click-client.ts';
import { createClients } from '../../functions/store/client.ts';
import { type Call, ConditionFailed, isIndexThrottled } from '../../functions/store/table.ts';
import { type Arrived, refuse, signedHeaders, startService } from './aws/service.ts';

const PATIENT = { connectionTimeout: 10_000, requestTimeout: 10_000 };

beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'ID');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_SESSION_TOKEN', 'token');
  return () => void vi.unstubAllEnvs();
});

/** Both clients of DynamoDB: that of a click, and the SDK's. */
function clientsOf(url: URL): { ours: Call; ofSdk: Call } {
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', url.origin);
  const { call, close } = createClients(PATIENT);
  onTestFinished(close);
  return { ours: createClickCall(PATIENT), ofSdk: call };
}

/** What both clients must send alike. */
const compared = ({ method, path, headers, body }: Arrived) => ({
  method,
  path,
  host: headers.host,
  'content-type': headers['content-type'],
  'x-amz-target': headers['x-amz-target'],
  'x-amz-security-token': headers['x-amz-security-token'],
  'content-length': headers['content-length'],
  // Without the time of day, because a second may pass between the requests.
  day: headers['x-amz-date']?.slice(0, 8),
  credential: /Credential=([^,]+)/.exec(headers.authorization ?? '')?.[1],
  body: JSON.parse(body),
});

/** The SDK signs these, too: who it is, at which attempt, and what is in the signature anyway. */
const OF_SDK = [
  'amz-sdk-request',
  'x-amz-content-sha256',
  'x-amz-user-agent',
  // Asks SQS for the error codes of its older protocol.
  'x-amzn-query-mode',
];

function expectAlike([ours, ofSdk, ...more]: readonly Arrived[]): void {
  expect(more).toEqual([]);
  if (ours === undefined || ofSdk === undefined) throw new Error('A request is missing.');
  expect(compared(ours)).toEqual(compared(ofSdk));
  expect(signedHeaders(ours)).toEqual(
    signedHeaders(ofSdk).filter((name) => !OF_SDK.includes(name)),
  );
}

const TableName = 'table';
const Key = { pk: 'REFERRAL#ሴ', sk: 'REFERRAL' };

describe('the client of a click sends what the SDK sends', () => {
  test('for PutItem', async () => {
    const { url, requests } = await startService();
    const { ours, ofSdk } = clientsOf(url);
    const input = {
      TableName,
      Item: {
        ...Key,
        userAgent: 'ሴ 👍 “é” \\ \u0000 \u2028',
        ttl: 1_800_000_000,
        small: -0.000_001,
        first: true,
        trusted: false,
        nothing: null,
        label: undefined,
        key: new Uint8Array([0, 1, 254, 255]),
        buffer: Buffer.from('bytes'),
        campaign: { source: 'news', medium: undefined, list: ['a', 1, { deep: [] }] },
      },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    };
    await ours('PutItem', input);
    await ofSdk('PutItem', input);
    expectAlike(requests);
  });

  test('for GetItem', async () => {
    const { url, requests } = await startService();
    const { ours, ofSdk } = clientsOf(url);
    const input = { TableName, Key, ConsistentRead: true };
    await ours('GetItem', input);
    await ofSdk('GetItem', input);
    expectAlike(requests);
  });

  test('for Query', async () => {
    const { url, requests } = await startService();
    const { ours, ofSdk } = clientsOf(url);
    const input = {
      TableName,
      KeyConditionExpression: 'pk = :visitor AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':visitor': 'VISITOR#é', ':prefix': 'RESPONSE#' },
      ProjectionExpression: 'code, id',
      ConsistentRead: true,
      ScanIndexForward: false,
      Limit: 100,
      ExclusiveStartKey: { ...Key, key: new Uint8Array([1]) },
    };
    await ours('Query', input);
    await ofSdk('Query', input);
    expectAlike(requests);
  });

  test('for UpdateItem', async () => {
    const { url, requests } = await startService();
    const { ours, ofSdk } = clientsOf(url);
    const input = {
      TableName,
      Key,
      UpdateExpression: 'SET #buckets = :doubled',
      ConditionExpression: '#buckets = :buckets',
      ExpressionAttributeNames: { '#buckets': 'buckets' },
      ExpressionAttributeValues: { ':buckets': 1, ':doubled': 2 },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    };
    await ours('UpdateItem', input);
    await ofSdk('UpdateItem', input);
    expectAlike(requests);
  });

  test.each([undefined, 'http://127.0.0.1:1'])(
    'for SendMessage, to the queue’s own address, whatever the endpoint is: %s',
    async (endpoint) => {
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
      onTestFinished(() => warn.mockRestore());
      const { url, requests } = await startService();
      vi.stubEnv('AWS_ENDPOINT_URL_SQS', endpoint);
      const QueueUrl = `${url.origin}/000000000000/clicks`;
      const message = { code: 'ሴ 👍', at: '2026-11-27T00:00:00.000Z' };
      await sendMessage(QueueUrl, message);
      const client = new SQSClient({ md5: false });
      onTestFinished(() => client.destroy());
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }));
      expectAlike(requests);
    },
  );
});

test('both clients read the same from an answer', async () => {
  const Item = {
    code: { S: 'ሴ 👍' },
    buckets: { N: '16' },
    first: { BOOL: true },
    nothing: { NULL: true },
    key: { B: 'AAH+/w==' },
    campaign: { M: { B: { S: 'not bytes' }, list: { L: [{ N: '0.5' }] } } },
  };
  const LastEvaluatedKey = { pk: { S: 'a' }, key: { B: 'AQ==' } };
  const { url } = await startService((answer) =>
    answer.end(JSON.stringify({ Item, Items: [Item, {}], LastEvaluatedKey })),
  );
  const { ours, ofSdk } = clientsOf(url);
  const query = { TableName, KeyConditionExpression: 'pk = a' };
  const read = async (call: Call) => {
    const [{ Item }, { Items, LastEvaluatedKey }] = await Promise.all([
      call('GetItem', { TableName, Key }),
      call('Query', query),
    ]);
    return JSON.parse(JSON.stringify({ Item, Items, LastEvaluatedKey }, bytesAsText));
  };
  expect(await read(ours)).toEqual(await read(ofSdk));
});

function bytesAsText(this: Record<string, unknown>, name: string, value: unknown): unknown {
  const own = this[name];
  return own instanceof Uint8Array ? Buffer.from(own).toString('hex') : value;
}

/** The error that a call fails with. */
const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => expect.unreachable(),
    (error) => error,
  );

describe.each(['ours', 'ofSdk'] as const)('the client (%s)', (client) => {
  const put = (url: URL) => clientsOf(url)[client]('PutItem', { TableName, Item: Key });

  test('tells that a condition was not met, with the item that is there, which no log shows', async () => {
    const Item = { buckets: { N: '4' }, key: { B: 'AQI=' }, ip: { S: '6.6.6.6' } };
    const { url, requests } = await startService((answer) =>
      refuse(answer, 400, 'ConditionalCheckFailedException', { message: 'No.', Item }),
    );
    const error = await failureOf(put(url));
    expect(error).toBeInstanceOf(ConditionFailed);
    expect({ ...error.existing, key: [...error.existing.key] }).toEqual({
      buckets: 4,
      key: [1, 2],
      ip: '6.6.6.6',
    });
    expect(inspect(error)).not.toContain('6.6.6.6');
    expect(requests).toHaveLength(1);
  });

  test.each([
    ['ThrottlingException', 'throttlingReasons'],
    ['ProvisionedThroughputExceededException', 'ThrottlingReasons'],
  ])('does not try again if the index is at its limit (%s)', async (name, property) => {
    const { url, requests } = await startService((answer) =>
      refuse(answer, 400, name, {
        message: 'Throughput exceeds the current capacity.',
        [property]: [{ reason: 'IndexWriteKeyRangeThroughputExceeded', resource: 'the index' }],
      }),
    );
    const error = await failureOf(put(url));
    expect([error.code, isIndexThrottled(error)]).toEqual(['unavailable', true]);
    expect(requests).toHaveLength(1);
  });

  test.each([
    [400, 'ThrottlingException'],
    [400, 'TransactionConflictException'],
    [400, 'TransactionInProgressException'],
    [500, 'InternalServerError'],
    [503, 'ServiceUnavailable'],
  ])('tries four times, and is then unavailable (%i %s)', async (status, name) => {
    const { url, requests } = await startService((answer) => refuse(answer, status, name));
    const error = await failureOf(put(url));
    expect([error.code, isIndexThrottled(error), error.cause.name]).toEqual([
      'unavailable',
      false,
      name,
    ]);
    expect(requests).toHaveLength(4);
    const ids = requests.map(({ headers }) => headers['amz-sdk-invocation-id']);
    expect(new Set(ids).size).toBe(1);
  });

  test('does not try again what would fail again', async () => {
    const { url, requests } = await startService((answer) =>
      refuse(answer, 400, 'ValidationException', { message: 'The key is missing.' }),
    );
    await expect(put(url)).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'The key is missing.',
    });
    expect(requests).toHaveLength(1);
  });
});

test('a message that can’t be sent is unavailable after two attempts', async () => {
  const { url, requests } = await startService((answer) => refuse(answer, 500, 'InternalFailure'));
  await expect(sendMessage(`${url.origin}/000000000000/clicks`, {})).rejects.toMatchObject({
    code: 'unavailable',
  });
  expect(requests).toHaveLength(2);
});
