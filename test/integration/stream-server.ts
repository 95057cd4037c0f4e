import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A shard of a stream. A test can change it. */
export interface Shard {
  readonly id: string;
  readonly parent?: string;
  /** Partition keys of the records. The indices are the sequence numbers. */
  readonly records: string[];
  /** Number of records that are gone because of their age. */
  trimmed?: number;
  /** Whether it gets no more records. */
  closed?: boolean;
}

interface Input {
  readonly ExclusiveStartShardId?: string;
  readonly ShardId: string;
  readonly SequenceNumber?: string;
  readonly ShardIterator: string;
}

/**
 * Starts a stream with shards from a test, because no emulator splits or ends shards on demand. It lists one
 * shard per page.
 */
export async function startStreamServer(shards: Shard[]) {
  const iterated: string[] = [];
  const operations: Record<string, (input: Input) => object> = {
    DescribeTable: () => ({ Table: { LatestStreamArn: 'arn:of-a-stream' } }),
    DescribeStream: ({ ExclusiveStartShardId: last }) => {
      const index = shards.findIndex(({ id }) => id === last) + 1;
      const shard = shards[index];
      const page = shard && { ShardId: shard.id, ParentShardId: shard.parent };
      return {
        StreamDescription: {
          Shards: page ? [page] : [],
          LastEvaluatedShardId: index < shards.length - 1 ? shard?.id : undefined,
        },
      };
    },
    GetShardIterator: ({ ShardId, SequenceNumber }) => {
      iterated.push(SequenceNumber === undefined ? ShardId : `${ShardId} after ${SequenceNumber}`);
      const { trimmed = 0 } = shards.find(({ id }) => id === ShardId) ?? {};
      if (SequenceNumber === undefined) return { ShardIterator: `${ShardId} ${trimmed}` };
      if (Number(SequenceNumber) < trimmed) return { __type: 'TrimmedDataAccessException' };
      return { ShardIterator: `${ShardId} ${Number(SequenceNumber) + 1}` };
    },
    GetRecords: ({ ShardIterator }) => {
      const [shardId, position] = ShardIterator.split(' ');
      const { records = [], closed } = shards.find(({ id }) => id === shardId) ?? {};
      return {
        Records: records.slice(Number(position)).map((key, index) => ({
          dynamodb: { Keys: { pk: { S: key } }, SequenceNumber: `${Number(position) + index}` },
        })),
        NextShardIterator: closed ? undefined : `${shardId} ${records.length}`,
      };
    },
  };

  const server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    const answer = operations[operation]?.((await json(request)) as Input) ?? {};
    response.writeHead('__type' in answer ? 400 : 200).end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  /** The places where readers started in a shard, in order. */
  return { endpoint, iterated };
}
