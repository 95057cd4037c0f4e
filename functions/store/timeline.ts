import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Page, PageRequest } from '../core/store.ts';
import type { Table } from './client.ts';
import { tableShape } from './table-shape.ts';

const { index } = tableShape;

/** Attributes of an item that do not belong to its entity. */
type Keys = 'pk' | 'sk' | 'gsi1pk' | 'gsi1sk' | 'ttl';

/** The entity in an item of the table, without the keys. */
export function entityOf<Entity>(item: Record<string, unknown>): Entity {
  const { pk, sk, gsi1pk, gsi1sk, ttl, ...entity } = item as Record<Keys, unknown>;
  return entity as Entity;
}

/**
 * A page of the items of several index partitions, newest first. The sort keys are ULIDs, so the partitions
 * merge by comparing them, and one ULID is the cursor for all.
 */
export async function newestFirst<Entity extends { readonly id: string }>(
  { client, name }: Table,
  partitions: readonly string[],
  { limit, cursor }: PageRequest,
): Promise<Page<Entity>> {
  const found = await Promise.all(
    partitions.map((partition) =>
      client.send(
        new QueryCommand({
          TableName: name,
          IndexName: index.name,
          KeyConditionExpression: `#pk = :pk${cursor === undefined ? '' : ' AND #sk < :cursor'}`,
          ExpressionAttributeNames: {
            '#pk': index.partitionKey,
            ...(cursor !== undefined && { '#sk': index.sortKey }),
          },
          ExpressionAttributeValues: {
            ':pk': partition,
            ...(cursor !== undefined && { ':cursor': cursor }),
          },
          ScanIndexForward: false,
          // One more item shows whether there is a next page. 101 items of at most 8 KB fit into one answer.
          Limit: limit + 1,
        }),
      ),
    ),
  );
  const merged = found
    .flatMap(({ Items = [] }) => Items.map((item) => entityOf<Entity>(item)))
    .sort((a, b) => (a.id < b.id ? 1 : -1));
  const items = merged.slice(0, limit);
  return { items, nextCursor: merged.length > limit ? (items.at(-1)?.id ?? null) : null };
}
