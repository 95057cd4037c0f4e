import type { DynamoDBRecord } from 'aws-lambda';
import { consumeStream } from '../../functions/triggers.ts';
import { matches } from '../../local/stream-filter.ts';
import { streamReader } from '../../local/stream-reader.ts';

/** Reads all records so far that a table's stream has for the consumer, in order. */
export async function recordedStream(
  endpoint: string,
  tableName: string,
): Promise<DynamoDBRecord[]> {
  const reader = streamReader(endpoint, new AbortController().signal);
  const recorded: DynamoDBRecord[] = [];
  try {
    for (const shard of await reader.listShards(await reader.findStream(tableName))) {
      let iterator = await reader.seek(shard, undefined);
      while (iterator !== undefined) {
        const { records, next } = await reader.read(shard, iterator);
        recorded.push(...records);
        // An open shard always has a next page.
        iterator = records.length === 0 ? undefined : next;
      }
    }
  } finally {
    reader.destroy();
  }
  const { filters } = consumeStream;
  return recorded.filter((record) => filters.some((filter) => matches(filter, record)));
}
