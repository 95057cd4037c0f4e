import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { type Background, inBackground, pause } from './background.ts';
import { type Checkpoint, openCheckpoint } from './stream-checkpoint.ts';
import { type Filter, matches } from './stream-filter.ts';
import { type Shard, type StreamReader, streamReader } from './stream-reader.ts';

// Milliseconds.
const SHORTEST_PAUSE = 200;
const LONGEST_IDLE_PAUSE = 2_000;
const LONGEST_PAUSE = 5_000;

export interface StreamOptions {
  /** Endpoint of the database. */
  readonly endpoint: string;
  readonly tableName: string;
  /** Records that match no filter are skipped. */
  readonly filters: readonly Filter[];
  /** Handles a batch as a function does: it returns failed records, or throws if all failed. */
  readonly deliver: (
    event: DynamoDBStreamEvent,
  ) => Promise<Partial<DynamoDBBatchResponse> | undefined>;
  /** Keeps the delivered position, so that the next follower continues there. */
  readonly checkpointFile: string;
  /** Called with the error when progress stops, once until there is progress again. */
  readonly report: (error: unknown) => void;
}

export interface StreamFollower extends Background {
  /** Tells it that something may have changed, so that it looks at once. */
  readonly wake: () => void;
}

/**
 * Follows the stream of a table as a Lambda event source mapping does: from its beginning, each shard in
 * order, everything at least once. It retries failures with growing pauses. While nothing happens, it looks
 * less and less often, every 2 seconds in the end, until it is woken. It does not keep the process alive.
 */
export function followStream(options: StreamOptions): StreamFollower {
  let waking = new AbortController();
  const background = inBackground(async (signal) => {
    const reader = streamReader(options.endpoint, signal);
    let shards: ShardFollower[] = [];
    let failures = 0;
    let idle = SHORTEST_PAUSE;
    while (!signal.aborted) {
      waking = new AbortController();
      try {
        if (shards.length === 0) shards = await followShards(reader, options);
        const steps = await allSettled(shards.map((step) => step()));
        failures = 0;
        // An ended shard may have successors.
        if (steps.includes('ended')) shards = [];
        if (steps.includes('moved')) {
          idle = SHORTEST_PAUSE;
          continue;
        }
        // Nothing cuts this part short, or each request under load would cost a look at the stream.
        await pause(SHORTEST_PAUSE, signal);
        await pause(idle - SHORTEST_PAUSE, AbortSignal.any([signal, waking.signal]));
        idle = waking.signal.aborted ? SHORTEST_PAUSE : Math.min(idle * 2, LONGEST_IDLE_PAUSE);
      } catch (error) {
        shards = [];
        if (signal.aborted) break;
        if (failures === 0) options.report(error);
        await pause(Math.min(SHORTEST_PAUSE * 2 ** failures, LONGEST_PAUSE), signal);
        failures += 1;
      }
    }
    reader.destroy();
  });
  return { ...background, wake: () => waking.abort() };
}

/** Delivers the next records of a shard. */
type ShardFollower = () => Promise<'moved' | 'idle' | 'ended'>;

/** Follows all open shards, except those with an open parent. */
async function followShards(
  reader: StreamReader,
  options: StreamOptions,
): Promise<ShardFollower[]> {
  const streamArn = await reader.findStream(options.tableName);
  const checkpoint = openCheckpoint(options.checkpointFile, streamArn);
  const shards = await reader.listShards(streamArn);
  const open = shards.filter(({ id }) => checkpoint.get(id) !== null);
  const ids = new Set<string | undefined>(open.map(({ id }) => id));
  return open
    .filter(({ parent }) => !ids.has(parent))
    .map((shard) => followShard(shard, reader, checkpoint, options));
}

function followShard(
  shard: Shard,
  reader: StreamReader,
  checkpoint: Checkpoint,
  options: StreamOptions,
): ShardFollower {
  let iterator: string | undefined;
  return async () => {
    iterator ??= await reader.seek(shard, checkpoint.get(shard.id) ?? undefined);
    const { records, next } = await reader.read(shard, iterator);
    const failed = await deliver(records, options);
    if (failed === 0) throw new Error('The consumer of the stream failed at the next record.');
    const last = records.slice(0, failed).at(-1)?.dynamodb?.SequenceNumber;
    if (last !== undefined) checkpoint.set(shard.id, last);
    iterator = failed === undefined ? next : undefined;
    if (failed === undefined && next === undefined) {
      checkpoint.set(shard.id, null);
      return 'ended';
    }
    return last === undefined ? 'idle' : 'moved';
  };
}

/** Delivers records. Returns the index of the first one to deliver again; undefined if there is none. */
async function deliver(
  records: DynamoDBRecord[],
  { filters, deliver }: StreamOptions,
): Promise<number | undefined> {
  const Records = records.filter((record) => filters.some((filter) => matches(filter, record)));
  if (Records.length === 0) return undefined;
  const { batchItemFailures = [] } = (await deliver({ Records })) ?? {};
  if (batchItemFailures.length === 0) return undefined;
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const first = records.findIndex(({ dynamodb }) => failed.has(dynamodb?.SequenceNumber ?? ''));
  // An unknown record in the answer fails the whole batch.
  return Math.max(first, 0);
}

/** Waits for all promises, and only then throws the error of a failed one. */
async function allSettled<Value>(promises: Promise<Value>[]): Promise<Value[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
