import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from './random.ts';
import { seed } from './seed.ts';
import { deliverStream } from './stream-driver.ts';

const recordsOf = (items: readonly number[]): DynamoDBRecord[] =>
  items.map((item, index) => ({
    eventName: 'INSERT',
    dynamodb: {
      Keys: { pk: { S: 'VISITOR#1' }, sk: { S: `RESPONSE#${item}` } },
      SequenceNumber: `${index}`,
    },
  }));
const numberOf = ({ dynamodb }: DynamoDBRecord) => Number(dynamodb?.SequenceNumber);

/** A handler that fails in every possible way. It remembers the arrived and the done records, in order. */
function unreliableHandler(from: number) {
  const random = seededRandom(from);
  const arrived: number[] = [];
  const done = new Set<number>();
  const handler = async ({ Records }: DynamoDBStreamEvent) => {
    const numbers = Records.map(numberOf);
    arrived.push(...numbers);
    if (random.chance(0.1)) throw new Error('This function is out of order.');
    if (random.chance(0.1)) return { batchItemFailures: [{ itemIdentifier: '' }] };
    const failed = new Set(numbers.filter(() => random.chance(0.05)));
    for (const number of numbers) if (!failed.has(number)) done.add(number);
    return { batchItemFailures: [...failed].map((number) => ({ itemIdentifier: `${number}` })) };
  };
  return { handler, arrived, done };
}

const items = fc.array(fc.nat({ max: 20 }), { maxLength: 200 });
const seeds = fc.integer();

test('every record is taken, and records that are not given up arrive in the order of their item', () =>
  fc.assert(
    fc.asyncProperty(items, seeds, async (of, from) => {
      const { handler, arrived, done } = unreliableHandler(from);
      const { givenUp } = await deliverStream(recordsOf(of), handler, { seed: from });
      expect(done).toEqual(new Set(of.keys()));

      const late = new Set(givenUp.map(numberOf));
      const ordered = [...new Set(arrived)].filter((number) => !late.has(number));
      const firstArrivals = Map.groupBy(ordered, (number) => of[number]);
      for (const numbers of firstArrivals.values()) {
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      }
    }),
    { seed },
  ));

test(`records may arrive twice, in another order, or after they were given up (seed ${seed})`, async () => {
  const records = recordsOf(Array.from({ length: 2000 }, (_, item) => item));
  const { handler, arrived } = unreliableHandler(seed);
  const { givenUp } = await deliverStream(records, handler, { seed, retries: 1 });
  const first = [...new Set(arrived)];
  expect([
    arrived.length > first.length,
    first.some((number, index) => number < (first[index - 1] ?? 0)),
    givenUp.length > 0,
  ]).toEqual([true, true, true]);
});

test(`a record that fails for long is given up, and is taken in the end (seed ${seed})`, async () => {
  const records = recordsOf(Array.from({ length: 100 }, (_, item) => item));
  let failures = 0;
  const handler = async ({ Records }: DynamoDBStreamEvent) => {
    const fails = Records.some((record) => numberOf(record) === 50) && ++failures < 60;
    return { batchItemFailures: fails ? [{ itemIdentifier: '50' }] : [] };
  };
  const { givenUp } = await deliverStream(records, handler, { seed });
  expect(new Set(givenUp.map(numberOf))).toContain(50);
});

test('a handler that never takes a record makes the delivery fail', async () => {
  const never = deliverStream(recordsOf([0]), () => Promise.reject(new Error('No.')), { seed });
  await expect(never).rejects.toThrow('Nobody takes');
});
