import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { type Random, seededRandom } from './random.ts';

export type StreamHandler = (
  event: DynamoDBStreamEvent,
) => Promise<Partial<DynamoDBBatchResponse> | undefined>;

export interface DeliveryOptions {
  readonly seed: number;
  /** How many are delivered at once. */
  readonly shards?: number;
  /** Records at most. */
  readonly batchSize?: number;
  /** Times that what failed is delivered again before it is given up. */
  readonly retries?: number;
}

/** What became of the records; all of them were taken in the end. */
export interface Delivery {
  /** Times that the handler ran. */
  readonly invocations: number;
  /** Records that were given up, and delivered once more when all else was. */
  readonly givenUp: readonly DynamoDBRecord[];
}

/** How often something happens to a batch that nobody wants. */
const ODDS = { replayed: 0.1, doubled: 0.1, lostBefore: 0.05, lostAfter: 0.05 };

/**
 * Delivers the records of a stream as badly as Lambda may: at least once, and in order for each item only.
 * Records of one partition key may lie in several shards, which are delivered at the same time; batches
 * are cut anew, delivered from an earlier record on, or twice at once; an answer may get lost. See
 * https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html and
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 *
 * @throws Error where the handler does not take a record however often it is delivered.
 */
export async function deliverStream(
  records: readonly DynamoDBRecord[],
  handler: StreamHandler,
  { seed, shards = 4, batchSize = 25, retries = 3 }: DeliveryOptions,
): Promise<Delivery> {
  const givenUp: DynamoDBRecord[] = [];
  let invocations = 0;

  async function run(batch: readonly DynamoDBRecord[]): Promise<number> {
    invocations += 1;
    try {
      return takenOf(batch, await handler({ Records: structuredClone([...batch]) }));
    } catch {
      return 0;
    }
  }

  /** How many of a batch, from its beginning, were taken as far as the event source knows. */
  async function deliver(batch: readonly DynamoDBRecord[], random: Random): Promise<number> {
    if (random.chance(ODDS.lostBefore)) return 0;
    const runs = random.chance(ODDS.doubled) ? [run(batch), run(batch)] : [run(batch)];
    const taken = random.pick(await Promise.all(runs));
    return random.chance(ODDS.lostAfter) ? 0 : taken;
  }

  // A batch that fails is split, which is no retry, and one that fails in part goes on where it failed, see
  // https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
  async function deliverOrGiveUp(
    batch: readonly DynamoDBRecord[],
    random: Random,
    tries = 0,
  ): Promise<void> {
    const taken = await deliver(batch, random);
    const rest = batch.slice(taken);
    if (rest.length === 0) return;
    if (taken === 0 && rest.length > 1) {
      const middle = random.between(1, rest.length - 1);
      await deliverOrGiveUp(rest.slice(0, middle), random, tries);
      await deliverOrGiveUp(rest.slice(middle), random, tries);
    } else if (tries === retries) {
      givenUp.push(...rest);
    } else {
      await deliverOrGiveUp(rest, random, tries + 1);
    }
  }

  async function deliverShard(shard: readonly DynamoDBRecord[], random: Random): Promise<void> {
    for (let position = 0; position < shard.length; ) {
      if (random.chance(ODDS.replayed))
        position = random.between(Math.max(0, position - batchSize), position);
      const batch = shard.slice(position, position + random.between(1, batchSize));
      await deliverOrGiveUp(batch, random);
      position += batch.length;
    }
  }

  const random = seededRandom(seed);
  const parts = shardsOf(records, random, shards);
  // Each with randomness of its own, so that what one draws does not depend on how fast another is.
  await Promise.all(
    parts.map((shard, index) => deliverShard(shard, seededRandom(seed + index + 1))),
  );

  for (const record of random.shuffle(givenUp)) {
    let tries = 0;
    while ((await deliver([record], random)) === 0) {
      tries += 1;
      if (tries > 100) throw new Error(`Nobody takes ${JSON.stringify(record)}.`);
    }
  }
  return { invocations, givenUp };
}

/** How many a handler has taken by its answer: all before the first one that it names as failed. */
function takenOf(
  batch: readonly DynamoDBRecord[],
  answer: Partial<DynamoDBBatchResponse> | undefined,
): number {
  const failed = (answer?.batchItemFailures ?? []).map(({ itemIdentifier }) =>
    batch.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === itemIdentifier),
  );
  // A name that is nobody's is the failure of them all.
  return failed.includes(-1) ? 0 : Math.min(batch.length, ...failed);
}

function shardsOf(
  records: readonly DynamoDBRecord[],
  random: Random,
  count: number,
): readonly (readonly DynamoDBRecord[])[] {
  const shardOf = new Map<string, number>();
  const shards = Array.from({ length: count }, (): DynamoDBRecord[] => []);
  for (const record of records) {
    const item = JSON.stringify(record.dynamodb?.Keys);
    const shard = shardOf.get(item) ?? random.between(0, count - 1);
    shardOf.set(item, shard);
    shards[shard]?.push(record);
  }
  return shards;
}
