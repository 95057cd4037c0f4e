import {
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ResourceNotFoundException,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord } from 'aws-lambda';
import { lambdaRecord } from '../../local/stream-reader.ts';
import { Refusal, reasonOf, refusalOf } from '../refusal.ts';
import { sequenceNumberOf } from './consumer.ts';
import type { Place } from './dead-letter.ts';

/** A shard takes few readers, and its function is one, so being throttled is normal. */
const ATTEMPTS = 10;

/** After this many empty pages in a row, no more records are expected. */
const EMPTY_PAGES = 50;

/** Reads records of DynamoDB streams again. Streams hold them for 24 hours. */
export interface Streams {
  /**
   * Reads the records of a place; undefined if the stream no longer has all of them.
   *
   * @throws Refusal if the stream can't be read.
   */
  readonly read: (place: Place) => Promise<readonly DynamoDBRecord[] | undefined>;
  readonly close: () => void;
}

/** Opens the streams. Endpoint, region and credentials come from the environment. */
export function openStreams(): Streams {
  const client = new DynamoDBStreamsClient({
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: 10_000,
      throwOnRequestTimeout: true,
    },
  });

  async function* recordsFrom({ streamArn, shardId, first }: Place) {
    let { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamArn: streamArn,
        ShardId: shardId,
        ShardIteratorType: 'AT_SEQUENCE_NUMBER',
        SequenceNumber: first,
      }),
    );
    for (let empty = 0; ShardIterator !== undefined && empty < EMPTY_PAGES; ) {
      const page = await client.send(new GetRecordsCommand({ ShardIterator }));
      const { Records = [] } = page;
      yield* Records.map((record) => lambdaRecord(record, streamArn));
      empty = Records.length === 0 ? empty + 1 : 0;
      ShardIterator = page.NextShardIterator;
    }
  }

  return {
    async read(place) {
      const last = BigInt(place.last);
      const records: DynamoDBRecord[] = [];
      try {
        for await (const record of recordsFrom(place)) {
          records.push(record);
          if (BigInt(sequenceNumberOf(record)) >= last) return records;
        }
        return undefined;
      } catch (error) {
        const isGone =
          error instanceof TrimmedDataAccessException || error instanceof ResourceNotFoundException;
        if (isGone) return undefined;
        const resource = `stream ${place.streamArn}`;
        const subject = { service: 'DynamoDB Streams', resource, option: '--queue-url' } as const;
        throw refusalOf(error, subject) ?? new Refusal(`DynamoDB Streams: ${reasonOf(error)}`);
      }
    },

    close: () => client.destroy(),
  };
}
