import { expect, test } from 'vitest';
import { capacity } from '../dynamodb-proxy/capacity.ts';
import { refusal } from '../dynamodb-proxy/fates.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/T';
const INDEX = `${TABLE}/index/gsi1`;

const put = (pk: string, attributes = {}) => ({
  TableName: 'T',
  Item: { pk: { S: pk }, sk: { S: 's' }, ...attributes },
});
const indexed = (pk: string, gsi1pk: string) => put(pk, { gsi1pk: { S: gsi1pk } });
const ofKilobytes = (pk: string, size: number) => put(pk, { text: { S: 'x'.repeat(size * 1000) } });

const throttled = (...reasons: [reason: string, resource: string][]) =>
  refusal(400, 'ThrottlingException', {
    message: 'Throughput exceeds the current capacity of your table or index.',
    throttlingReasons: reasons.map(([reason, resource]) => ({ reason, resource })),
  });
const hotKey = throttled(['TableWriteKeyRangeThroughputExceeded', TABLE]);
const hotEntry = throttled(['IndexWriteKeyRangeThroughputExceeded', INDEX]);
const busyTable = throttled(['TableWriteMaxOnDemandThroughputExceeded', TABLE]);

/** A table with a clock that a test can turn. */
function tableOf(limits: { perKey: number; perTable: number }) {
  const clock = { now: 0 };
  const decide = capacity({ ...limits, now: () => clock.now });
  const puts = (count: number, input: (n: number) => object) =>
    Array.from({ length: count }, (_, n) => decide('PutItem', input(n)));
  return { clock, decide, puts };
}

test('a partition key accepts its writes for each second, and gets new capacity as time passes', () => {
  const { clock, puts } = tableOf({ perKey: 2, perTable: 100 });
  expect(puts(3, () => put('a'))).toEqual(['pass', 'pass', hotKey]);
  expect(puts(1, () => put('b'))).toEqual(['pass']);
  clock.now = 500;
  expect(puts(2, () => put('a'))).toEqual(['pass', hotKey]);
  clock.now = 60_000;
  expect(puts(3, () => put('a'))).toEqual(['pass', 'pass', hotKey]);
});

test('a partition key of the index also has a limit, and throttles the table', () => {
  const { puts } = tableOf({ perKey: 2, perTable: 100 });
  expect(puts(3, (n) => indexed(`${n}`, 'hot'))).toEqual(['pass', 'pass', hotEntry]);
  expect(puts(1, () => indexed('0', 'cold'))).toEqual(['pass']);
});

test('the table as a whole also has a limit', () => {
  const { puts } = tableOf({ perKey: 100, perTable: 2 });
  expect(puts(3, (n) => put(`${n}`))).toEqual(['pass', 'pass', busyTable]);
});

test('a refused request costs nothing, whatever else it would have written', () => {
  const { decide, puts } = tableOf({ perKey: 1, perTable: 100 });
  expect(puts(2, () => indexed('a', 'hot'))[1]).toEqual(
    throttled(
      ['TableWriteKeyRangeThroughputExceeded', TABLE],
      ['IndexWriteKeyRangeThroughputExceeded', INDEX],
    ),
  );
  expect([decide('PutItem', indexed('b', 'hot')), decide('PutItem', put('b'))]).toEqual([
    hotEntry,
    'pass',
  ]);
});

test('a write costs a unit for each KB, and a write larger than a second’s capacity is paid off later', () => {
  const { clock, puts } = tableOf({ perKey: 4, perTable: 100 });
  expect(puts(2, () => ofKilobytes('a', 7.5))).toEqual(['pass', hotKey]);
  clock.now = 1000;
  expect(puts(1, () => put('a'))).toEqual([hotKey]);
  clock.now = 1001;
  expect(puts(1, () => put('a'))).toEqual(['pass']);
});

test('a transaction costs double, except in the index, and is cancelled with a reason for each write', () => {
  const { decide } = tableOf({ perKey: 2, perTable: 100 });
  const TransactItems = [
    { Put: indexed('a', 'hot') },
    { Delete: { TableName: 'T', Key: { pk: { S: 'b' }, sk: { S: 's' } } } },
  ];
  const transaction = () => decide('TransactWriteItems', { TransactItems });
  const hot = (where: string) => ({
    Code: 'ThrottlingError',
    Message: `Throughput exceeds the current capacity ${where}.`,
  });
  expect([transaction(), transaction()]).toEqual([
    'pass',
    refusal(400, 'TransactionCanceledException', {
      message:
        'Transaction cancelled, please refer cancellation reasons for specific reasons [ThrottlingError, ThrottlingError]',
      CancellationReasons: [hot('of your table or index'), hot('of your table or index')],
    }),
  ]);
  expect(decide('PutItem', indexed('c', 'hot'))).toBe('pass');
  TransactItems.splice(0, 2, { Put: indexed('d', 'hot') }, { Put: put('e') });
  expect(transaction()).toEqual(
    refusal(400, 'TransactionCanceledException', {
      message:
        'Transaction cancelled, please refer cancellation reasons for specific reasons [ThrottlingError, None]',
      CancellationReasons: [hot('for one or more global secondary indexes'), { Code: 'None' }],
    }),
  );
});

test('reads pass', () => {
  const { decide } = tableOf({ perKey: 1, perTable: 1 });
  const read = () => decide('GetItem', { TableName: 'T', Key: { pk: { S: 'a' }, sk: { S: 's' } } });
  expect([read(), read()]).toEqual(['pass', 'pass']);
});
