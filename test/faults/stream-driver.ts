import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { type Random, seededRandom } from './random.ts';

export type StreamHandler = (
  event: DynamoDBStreamEvent,
) => Promise<Partial<DynamoDBBatchResponse> | undefined>;

export interface DeliveryOptions {
  readonly seed: number;
  /** Number of shards that are delivered at once. */
  readonly shards?: number;
  /** Largest number of records in a batch. */
  readonly batchSize?: number;
  /** Number of times that failed records are delivered again before they are given up. */
  readonly retries?: number;
}

/** How the delivery went. All records were taken in the end. */
export interface Delivery {
  /** Number of times that the handler ran. */
  readonly invocations: number;
  /** Records that were given up, and delivered again after all others. */
  readonly givenUp: readonly DynamoDBRecord[];
}

/** How often an accident happens to a batch. */
const ODDS = { replayed: 0.1, doubled: 0.1, lostBefore: 0.05, lostAfter: 0.05 };

/**
 * Delivers the records of a stream as badly as Lambda may: at least once, and in order only for each item.
 * Records of one partition key may lie in several shards, which are delivered at the same time. Batches may
 * be cut in another way, start from an earlier record, or come twice at once. Answers may get lost. See
 * https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html and
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 *
 * @throws Error if the handler never takes a record, however often it is delivered.
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

  /** Number of records from the start of a batch that the event source knows to be taken. */
  async function deliver(batch: readonly DynamoDBRecord[], random: Random): Promise<number> {
    if (random.chance(ODDS.lostBefore)) return 0;
    const runs = random.chance(ODDS.doubled) ? [run(batch), run(batch)] : [run(batch)];
    const taken = random.pick(await Promise.all(runs));
    return random.chance(ODDS.lostAfter) ? 0 : taken;
  }

  // A failed batch is split, which does not count as a retry. A partly failed batch continues where it failed, see
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
  // Each shard has its own randomness, so that its draws do not depend on the speed of the others.
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

/** Number of records that a handler has taken: all before the first one that it names as failed. */
function takenOf(
  batch: readonly DynamoDBRecord[],
  answer: Partial<DynamoDBBatchResponse> | undefined,
): number {
  const failed = (answer?.batchItemFailures ?? []).map(({ itemIdentifier }) =>
    batch.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === itemIdentifier),
  );
  // If it names an unknown record, all have failed.
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
