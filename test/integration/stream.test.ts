import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { beforeEach, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { consumeStream } from '../../functions/triggers.ts';
import { createTable, enableStream, startDynamoDB } from '../../local/dynamodb.ts';
import { followStream, type StreamOptions } from '../../local/stream.ts';
import { startDynamoDBProxy } from '../dynamodb-proxy/proxy.ts';

const shared = inject('outputs').DynamoDBEndpoint;
let table: { endpoint: string; tableName: string };
let checkpointFile: string;

beforeEach(async () => {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION']) {
    vi.stubEnv(name, 'local');
  }
  table = await createStreamingTable(shared);
  checkpointFile = join(await mkdtemp(join(inject('scratch'), 'stream-')), 'stream.json');
});

async function createStreamingTable(endpoint: string) {
  const tableName = `stream-${randomUUID()}`;
  await createTable(endpoint, tableName, false);
  expect(await enableStream(endpoint, tableName)).toBe(true);
  return { endpoint, tableName };
}

/** Runs something with a client of the database. */
async function withDatabase(use: (client: DynamoDBClient) => Promise<unknown>, endpoint = shared) {
  const client = new DynamoDBClient({ endpoint });
  await use(client);
  client.destroy();
}

/** Puts items with these partition keys, one after the other. */
const put = (pks: string[], sk = 'X', endpoint = shared) =>
  withDatabase(async (client) => {
    for (const pk of pks) {
      const Item = { pk: { S: pk }, sk: { S: sk } };
      await client.send(new PutItemCommand({ TableName: table.tableName, Item }));
    }
  }, endpoint);

/** The partition keys of a batch. */
const keysOf = ({ Records }: DynamoDBStreamEvent) =>
  Records.map(({ dynamodb }) => dynamodb?.Keys?.pk?.S);

/** Follows the table, and notes its deliveries and reports. */
function follow(options: Partial<StreamOptions> = {}) {
  const events: DynamoDBStreamEvent[] = [];
  const reports: unknown[] = [];
  const { deliver, ...rest } = options;
  const follower = followStream({
    ...table,
    filters: [{}],
    checkpointFile,
    report: (error) => reports.push(error),
    deliver: async (event) => {
      events.push(event);
      return deliver?.(event);
    },
    ...rest,
  });
  onTestFinished(follower.stop);
  return { ...follower, events, reports, keys: () => events.flatMap(keysOf) };
}

const delivered = async ({ keys }: ReturnType<typeof follow>, expected: string[]) => {
  await vi.waitFor(() => expect(keys()).toEqual(expected), { timeout: 20_000 });
};

describe('followStream', () => {
  test('delivers inserts, changes and removals in order, in the form of Lambda', async () => {
    const follower = follow();
    const Key = { pk: { S: 'A' }, sk: { S: 'X' } };
    const TableName = table.tableName;
    await withDatabase(async (client) => {
      await client.send(new PutItemCommand({ TableName, Item: { ...Key, n: { N: '1' } } }));
      const Item = { ...Key, m: { M: { list: { L: [{ BOOL: true }] } } } };
      await client.send(new PutItemCommand({ TableName, Item }));
      await client.send(new DeleteItemCommand({ TableName, Key }));
    });
    await delivered(follower, ['A', 'A', 'A']);
    const record = (eventName: string, images: object) => ({
      eventID: expect.any(String),
      eventName,
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: expect.any(String),
      eventSourceARN: expect.stringMatching(`^arn:aws:dynamodb:.*:table/${TableName}/stream/`),
      dynamodb: {
        ApproximateCreationDateTime: expect.any(Number),
        Keys: Key,
        ...images,
        SequenceNumber: expect.stringMatching(/^\d+$/),
        SizeBytes: expect.any(Number),
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    });
    const [first, second] = [
      { ...Key, n: { N: '1' } },
      { ...Key, m: { M: { list: { L: [{ BOOL: true }] } } } },
    ];
    const records = follower.events.flatMap(({ Records }) => Records);
    expect(records).toEqual([
      record('INSERT', { NewImage: first }),
      record('MODIFY', { OldImage: first, NewImage: second }),
      record('REMOVE', { OldImage: second }),
    ]);
    // In seconds, within this minute.
    const created = records[0]?.dynamodb?.ApproximateCreationDateTime ?? 0;
    expect(Math.abs(Date.now() / 1000 - created)).toBeLessThan(90);
  });

  test('delivers only new referrals and new responses to consume-stream', async () => {
    const follower = follow({ filters: consumeStream.filters });
    await put(['REFERRAL#a', 'CLAIM#a', 'VISITOR#a'], 'REFERRAL');
    await put(['REFERRAL#a', 'VISITOR#a'], 'TOTAL');
    await put(['REFERRAL#b', 'VISITOR#b'], 'RESPONSE#1');
    await put(['REFERRAL#a'], 'REFERRAL');
    await put(['VISITOR#last'], 'RESPONSE#1');
    await delivered(follower, ['REFERRAL#a', 'VISITOR#b', 'VISITOR#last']);
  });

  test('begins with all earlier records, in batches', async () => {
    const keys = Array.from({ length: 1_200 }, (_, index) => `${index}`);
    await withDatabase(async (client) => {
      for (let start = 0; start < keys.length; start += 25) {
        const requests = keys.slice(start, start + 25).map((key) => ({
          PutRequest: { Item: { pk: { S: key }, sk: { S: 'X' } } },
        }));
        const RequestItems = { [table.tableName]: requests };
        await client.send(new BatchWriteItemCommand({ RequestItems }));
      }
    });
    const follower = follow();
    await vi.waitFor(() => expect(follower.keys()).toHaveLength(keys.length), { timeout: 20_000 });
    expect(new Set(follower.keys())).toEqual(new Set(keys));
    expect(follower.events.map(({ Records }) => Records.length)).toEqual([500, 500, 200]);
  });

  test('continues at its place after a restart, misses no record and repeats none', async () => {
    const first = follow();
    await put(['A', 'B']);
    await delivered(first, ['A', 'B']);
    await first.stop();
    await put(['C']);
    const second = follow();
    await put(['D']);
    await delivered(second, ['C', 'D']);
    expect(first.keys()).toEqual(['A', 'B']);
  });

  test('does not read skipped records again after a restart', async () => {
    const proxy = await startDynamoDBProxy(shared);
    onTestFinished(proxy.stop);
    const options = { endpoint: proxy.endpoint, filters: [{ eventName: ['REMOVE'] }] };
    const reads: number[] = [];
    proxy.reshape = (operation, _, output) => {
      if (operation === 'GetRecords') reads.push(output.Records.length);
      return output;
    };
    await put(['A', 'B']);
    const first = follow(options);
    // The read after the records begins when their place is kept.
    const all = () => reads.reduce((sum, records) => sum + records, 0);
    await vi.waitFor(() => expect([all(), reads.at(-1)]).toEqual([2, 0]), 20_000);
    await first.stop();
    reads.length = 0;
    follow(options);
    await vi.waitFor(() => expect(reads).not.toEqual([]), 20_000);
    expect(all()).toBe(0);
  });

  test('ignores the checkpoint of another stream', async () => {
    const first = follow();
    await put(['A']);
    await delivered(first, ['A']);
    await first.stop();
    table = await createStreamingTable(shared);
    await put(['B']);
    await delivered(follow(), ['B']);
  });

  test('stops only after the current delivery, and remembers it', async () => {
    const delivery = Promise.withResolvers<void>();
    const first = follow({
      deliver: async () => {
        await delivery.promise;
        return undefined;
      },
    });
    await put(['A']);
    await delivered(first, ['A']);
    const stopped = first.stop();
    await put(['B']);
    delivery.resolve();
    await stopped;
    await delivered(follow(), ['B']);
    expect(first.keys()).toEqual(['A']);
  });

  test('looks less and less often while nothing happens, and at once when it is woken', async () => {
    const proxy = await startDynamoDBProxy(shared);
    onTestFinished(proxy.stop);
    const looks: number[] = [];
    proxy.reshape = (operation, _, output) => {
      if (operation === 'GetRecords') looks.push(performance.now());
      return output;
    };
    const follower = follow({ endpoint: proxy.endpoint });
    const pauses = () => looks.slice(1).map((time, index) => time - (looks[index] ?? 0));
    // A busy machine makes pauses longer, never shorter.
    await vi.waitFor(() => expect(looks.length).toBeGreaterThan(6), { timeout: 60_000 });
    const least = [200, 400, 800, 1_600, 2_000, 2_000];
    expect(
      pauses()
        .slice(0, 6)
        .filter((pause, index) => pause < (least[index] ?? 0) - 5),
    ).toEqual([]);

    // A busy machine may be late, so it is woken until it looked early.
    await vi.waitFor(async () => {
      const before = looks.length;
      follower.wake();
      await vi.waitFor(() => expect(looks.length).toBeGreaterThan(before), 5_000);
      expect(pauses().at(-1)).toBeLessThan(1_500);
    }, 60_000);
    await put(['A']);
    follower.wake();
    await delivered(follower, ['A']);
  });

  test('does not keep the process alive', async () => {
    const program = `
      import { followStream } from './local/stream.ts';
      const table = ${JSON.stringify({ ...table, checkpointFile })};
      followStream({ ...table, filters: [{}], deliver: async () => undefined, report: console.error });
    `;
    const options = ['--input-type=module', '--eval', program];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, options);
    expect([stdout, stderr]).toEqual(['', '']);
  });
});

describe('a record that could not be delivered', () => {
  /** A function that fails at a record until it is repaired. */
  function failingAt(key: string, answer: (itemIdentifier: string) => string) {
    let mended = false;
    const deliver = async ({ Records }: DynamoDBStreamEvent) => {
      const failed = Records.find(({ dynamodb }) => dynamodb?.Keys?.pk?.S === key);
      const itemIdentifier = answer(failed?.dynamodb?.SequenceNumber ?? '');
      return { batchItemFailures: failed && !mended ? [{ itemIdentifier }] : [] };
    };
    const mend = () => {
      mended = true;
    };
    return { deliver, mend };
  }

  test('is delivered again with all later records, but none before it', async () => {
    await put(['A', 'B', 'C']);
    const { deliver, mend } = failingAt('B', (itemIdentifier) => itemIdentifier);
    const follower = follow({ deliver });
    await vi.waitFor(() => expect(follower.events.length).toBeGreaterThan(2), 20_000);
    mend();
    await put(['D']);
    await vi.waitFor(() => expect(follower.keys().at(-1)).toBe('D'), 20_000);
    const [first, ...later] = follower.events.map(keysOf);
    expect(first).toEqual(['A', 'B', 'C']);
    expect(later.filter(([key]) => key === 'B').length).toBeGreaterThan(1);
    expect(later.flat()).not.toContain('A');
    expect(follower.keys().slice(-3)).toEqual(['B', 'C', 'D']);
    expect(follower.reports).toEqual([
      new Error('The consumer of the stream failed at the next record.'),
    ]);
  });

  test.each([
    ['the function throws', () => Promise.reject(new Error('Not today.'))],
    [
      'its answer names an unknown record',
      async () => ({ batchItemFailures: [{ itemIdentifier: '' }] }),
    ],
  ])('comes again with its whole batch if %s', async (_, fail) => {
    await put(['A', 'B']);
    let failures = 0;
    const deliver = async () => (failures++ < 2 ? fail() : undefined);
    const follower = follow({ deliver });
    await delivered(follower, ['A', 'B', 'A', 'B', 'A', 'B']);
    expect(follower.reports).toEqual([expect.any(Error)]);
  });

  test('is delivered to the next follower', async () => {
    await put(['A', 'B', 'C']);
    const first = follow(failingAt('B', (itemIdentifier) => itemIdentifier));
    await vi.waitFor(() => expect(first.events.length).toBeGreaterThan(1), 20_000);
    await first.stop();
    await delivered(follow(), ['B', 'C']);
  });
});

describe('a database that goes away and comes back', () => {
  test('is followed again, and is reported once', async () => {
    const directory = await mkdtemp(join(inject('scratch'), 'stream-'));
    let database = await startDynamoDB(directory);
    onTestFinished(() => database.stop());
    const proxy = await startDynamoDBProxy(database.endpoint);
    onTestFinished(proxy.stop);
    table = await createStreamingTable(proxy.endpoint);
    const follower = follow();
    await put(['A'], 'X', proxy.endpoint);
    await delivered(follower, ['A']);

    await database.stop();
    const seen = proxy.operations.length;
    // Waits until it was away for more than one try.
    await vi.waitFor(() => expect(proxy.operations.length).toBeGreaterThan(seen + 3), 20_000);
    database = await startDynamoDB(directory);
    proxy.upstream = database.endpoint;
    await put(['B'], 'X', proxy.endpoint);
    await delivered(follower, ['A', 'B']);
    expect(follower.reports).toEqual([expect.any(Error)]);
  });

  test.each(['cut', 'hang', 'throttle', 'error'] as const)('(%s) loses nothing', async (fate) => {
    const proxy = await startDynamoDBProxy(shared);
    onTestFinished(proxy.stop);
    const follower = follow({ endpoint: proxy.endpoint });
    await put(['A']);
    await delivered(follower, ['A']);
    proxy.decide = () => fate;
    await put(['B']);
    await vi.waitFor(() => expect(follower.reports).toEqual([expect.any(Error)]), 20_000);
    proxy.decide = () => 'pass';
    await delivered(follower, ['A', 'B']);
  });
});
