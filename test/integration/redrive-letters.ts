import {
  type _Record,
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import type { Outputs } from '../../local/outputs.ts';

/** Lambda's description of a batch that it gave up, see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html */
export interface BatchInfo {
  readonly shardId: string;
  readonly startSequenceNumber: string;
  readonly endSequenceNumber: string;
  readonly approximateArrivalOfFirstRecord: string;
  readonly approximateArrivalOfLastRecord: string;
  readonly batchSize: number;
  readonly streamArn: string;
}

export interface ReadStream {
  readonly records: readonly _Record[];
  /** Lambda's dead letter for the records from the first to the last. */
  readonly letter: (first: _Record, last: _Record, overrides?: Partial<BatchInfo>) => string;
}

/** Reads the whole stream of a service's table. */
export async function readStream({ DynamoDBEndpoint, TableName }: Outputs): Promise<ReadStream> {
  const client = new DynamoDBStreamsClient({ endpoint: DynamoDBEndpoint });
  try {
    const { Streams } = await client.send(new ListStreamsCommand({ TableName }));
    const StreamArn = Streams?.[0]?.StreamArn ?? '';
    const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn }));
    const ShardId = StreamDescription?.Shards?.[0]?.ShardId ?? '';
    const start = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' as const };
    let { ShardIterator } = await client.send(new GetShardIteratorCommand(start));
    const records: _Record[] = [];
    for (let more = true; more; ) {
      const page = await client.send(new GetRecordsCommand({ ShardIterator }));
      records.push(...(page.Records ?? []));
      more = page.Records?.length !== 0;
      ShardIterator = page.NextShardIterator;
    }
    return {
      records,
      letter: (first, last, overrides) =>
        JSON.stringify({
          requestContext: {
            requestId: '316aa6d0-8154-xmpl-9af7-85d5f4a6bc81',
            functionArn: 'arn:aws:lambda:local:000000000000:function:consume-stream',
            condition: 'RetryAttemptsExhausted',
            approximateInvokeCount: 1,
          },
          responseContext: { statusCode: 200, executedVersion: '$LATEST' },
          version: '1.0',
          timestamp: '2026-03-01T21:12:00.000Z',
          DDBStreamBatchInfo: {
            shardId: ShardId,
            startSequenceNumber: first.dynamodb?.SequenceNumber,
            endSequenceNumber: last.dynamodb?.SequenceNumber,
            approximateArrivalOfFirstRecord: '2026-03-01T09:10:00Z',
            approximateArrivalOfLastRecord: '2026-03-01T09:10:00Z',
            batchSize: 1,
            streamArn: StreamArn,
            ...overrides,
          },
        }),
    };
  } finally {
    client.destroy();
  }
}
