import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type _Record,
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord } from 'aws-lambda';

// Records per call, and so per delivery.
const LIMIT = 500;

export interface Shard {
  readonly streamArn: string;
  readonly id: string;
  /** The shard to read before; it may be gone. */
  readonly parent: string | undefined;
}

/** Some records of a shard. */
export interface Page {
  readonly records: DynamoDBRecord[];
  /** Iterator of the next page; undefined at the shard's end. */
  readonly next: string | undefined;
}

export interface StreamReader {
  readonly findStream: (tableName: string) => Promise<string>;
  readonly listShards: (streamArn: string) => Promise<Shard[]>;
  /** Returns an iterator after a sequence number, or at the shard's beginning. */
  readonly seek: (shard: Shard, after: string | undefined) => Promise<string | undefined>;
  readonly read: (shard: Shard, iterator: string | undefined) => Promise<Page>;
  readonly destroy: () => void;
}

/** Makes a reader of a database's streams. Its pending calls fail when the signal is aborted. */
export function streamReader(endpoint: string, abortSignal: AbortSignal): StreamReader {
  // The caller retries, and has to know of each failure.
  const impatience = {
    maxAttempts: 1,
    requestHandler: { requestTimeout: 3_000, throwOnRequestTimeout: true },
  };
  const database = new DynamoDBClient({ endpoint, ...impatience });
  const streams = new DynamoDBStreamsClient({
    // AWS has a separate address for streams, emulators use the database's.
    endpoint: endpoint.replace('//dynamodb.', '//streams.dynamodb.'),
    ...impatience,
  });
  const options = { abortSignal };

  return {
    findStream: async (TableName) => {
      const { Table } = await database.send(new DescribeTableCommand({ TableName }), options);
      if (!Table?.LatestStreamArn) throw new Error(`The table ${TableName} has no stream.`);
      return Table.LatestStreamArn;
    },

    listShards: async (streamArn) => {
      const shards: Shard[] = [];
      for (let last: string | undefined; ; ) {
        const { StreamDescription } = await streams.send(
          new DescribeStreamCommand({ StreamArn: streamArn, ExclusiveStartShardId: last }),
          options,
        );
        for (const { ShardId = '', ParentShardId } of StreamDescription?.Shards ?? []) {
          shards.push({ streamArn, id: ShardId, parent: ParentShardId });
        }
        last = StreamDescription?.LastEvaluatedShardId;
        if (last === undefined) return shards;
      }
    },

    seek: async ({ streamArn, id }, after) => {
      const iterator = async (where: { SequenceNumber: string } | undefined) => {
        const { ShardIterator } = await streams.send(
          new GetShardIteratorCommand({
            StreamArn: streamArn,
            ShardId: id,
            ShardIteratorType: where ? 'AFTER_SEQUENCE_NUMBER' : 'TRIM_HORIZON',
            ...where,
          }),
          options,
        );
        return ShardIterator;
      };
      if (after === undefined) return iterator(undefined);
      return iterator({ SequenceNumber: after }).catch((error: unknown) => {
        // The record is over a day old and gone. The remaining ones come after it.
        if (error instanceof TrimmedDataAccessException) return iterator(undefined);
        throw error;
      });
    },

    read: async ({ streamArn }, iterator) => {
      const { Records = [], NextShardIterator } = await streams.send(
        new GetRecordsCommand({ ShardIterator: iterator, Limit: LIMIT }),
        options,
      );
      return {
        records: Records.map((record) => lambdaRecord(record, streamArn)),
        next: NextShardIterator,
      };
    },

    destroy: () => {
      database.destroy();
      streams.destroy();
    },
  };
}

/** Converts a record to Lambda's format. */
export const lambdaRecord = ({ dynamodb, ...record }: _Record, eventSourceARN: string) =>
  ({
    ...record,
    dynamodb: {
      ...dynamodb,
      ApproximateCreationDateTime: Number(dynamodb?.ApproximateCreationDateTime) / 1000,
    },
    eventSourceARN,
  }) as DynamoDBRecord;
