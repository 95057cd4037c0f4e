import { unmarshall } from '@aws-sdk/util-dynamodb';
import QuickLRU from 'quick-lru';
import { tableShape } from '../../functions/store/table-shape.ts';
import { cancellation, type Decide, type Refusal, refusal } from './fates.ts';
import { type TokenBucket, tokenBucket } from './token-bucket.ts';
import { type RequestedWrite, writesOf } from './writes.ts';

/** Write units per second. */
export interface CapacityOptions {
  /** For each partition key of the table and of the index. In DynamoDB it is 1,000. */
  readonly perKey: number;
  /** For the table as a whole. */
  readonly perTable: number;
  /** Milliseconds. */
  readonly now?: () => number;
}

/** The units that a write takes, and the bucket it takes them from. */
interface Cost {
  readonly units: number;
  readonly bucket: TokenBucket;
  /** The reason for a refusal if the bucket is empty, see {@link throttled}. */
  readonly reason: string;
  readonly resource: string;
}

const { index } = tableShape;

/**
 * Refuses writes as DynamoDB does if they exceed the capacity of a partition or of the table. A hot key of
 * the index throttles writes to the table, see
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/gsi-throttling.html
 *
 * The request of an update or a delete does not show its changes to the index. They cost nothing here.
 */
export function capacity({
  perKey,
  perTable,
  now = () => performance.now(),
}: CapacityOptions): Decide {
  // A key that nobody has written for long would have a full bucket, so it needs none.
  const buckets = new QuickLRU<string, TokenBucket>({ maxSize: 10_000 });
  const bucketOf = (name: string, rate: number): TokenBucket => {
    const bucket = buckets.get(name) ?? tokenBucket(rate, now);
    buckets.set(name, bucket);
    return bucket;
  };

  const costsOf = (write: RequestedWrite, transactional: boolean): Cost[] => {
    const table = `arn:aws:dynamodb:us-east-1:000000000000:table/${write.request.TableName}`;
    const entry = `${table}/index/${index.name}`;
    const entryKey = write.item?.[index.partitionKey]?.S;
    const size = sizeOf(write);
    const units = transactional ? 2 * size : size;
    const ofTable = [
      {
        units,
        bucket: bucketOf(table, perTable),
        reason: 'TableWriteMaxOnDemandThroughputExceeded',
        resource: table,
      },
      {
        units,
        bucket: bucketOf(`${table} ${write.pk}`, perKey),
        reason: 'TableWriteKeyRangeThroughputExceeded',
        resource: table,
      },
    ];
    const ofIndex = {
      units: size,
      bucket: bucketOf(`${entry} ${entryKey}`, perKey),
      reason: 'IndexWriteKeyRangeThroughputExceeded',
      resource: entry,
    };
    return entryKey === undefined ? ofTable : [...ofTable, ofIndex];
  };

  return (operation, input) => {
    const transactional = operation === 'TransactWriteItems';
    const costs = writesOf(operation, input).map((write) => costsOf(write, transactional));
    const exceeded = costs.map((each) => each.filter(({ bucket }) => bucket.isEmpty()));
    if (exceeded.some((each) => each.length > 0)) {
      return transactional ? cancelled(exceeded) : throttled(exceeded.flat());
    }
    for (const { bucket, units } of costs.flat()) bucket.take(units);
    return 'pass';
  };
}

// A unit for each KB, double in a transaction but not in the index, see
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
// The request does not have the updated or deleted item. Such items are under 1 KB here.
const sizeOf = ({ item }: RequestedWrite): number =>
  item === undefined ? 1 : Math.ceil(Buffer.byteLength(JSON.stringify(unmarshall(item))) / 1024);

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html
const throttled = (exceeded: readonly Cost[]): Refusal =>
  refusal(400, 'ThrottlingException', {
    message: 'Throughput exceeds the current capacity of your table or index.',
    throttlingReasons: exceeded.map(({ reason, resource }) => ({ reason, resource })),
  });

// In a cancelled transaction only the message tells the index from the table, see
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
const cancelled = (exceeded: readonly (readonly Cost[])[]): Refusal =>
  cancellation(
    exceeded.map((each) => {
      if (each.length === 0) return { Code: 'None' };
      const where = each.every(({ reason }) => reason.startsWith('Index'))
        ? 'for one or more global secondary indexes'
        : 'of your table or index';
      return {
        Code: 'ThrottlingError',
        Message: `Throughput exceeds the current capacity ${where}.`,
      };
    }),
  );
