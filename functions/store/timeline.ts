import type { Page, PageRequest } from '../core/store.ts';
import type { Item } from './query.ts';
import type { ClickTable } from './table.ts';
import { tableShape } from './table-shape.ts';

const { index } = tableShape;

/** Attributes of an item that do not belong to its entity. */
type Keys = 'pk' | 'sk' | 'gsi1pk' | 'gsi1sk' | 'ttl';

/** The entity in an item of the table, without the keys. */
export function entityOf<Entity>(item: Record<string, unknown>): Entity {
  const { pk, sk, gsi1pk, gsi1sk, ttl, ...entity } = item as Record<Keys, unknown>;
  return entity as Entity;
}

/** Items that a partition is asked for at least. The smallest read that is billed has room for about seven. */
const FEW = 5;

/**
 * A page of the items of several index partitions, newest first. The sort keys are ULIDs, so the partitions
 * merge by comparing them, and one ULID is the cursor for all.
 *
 * It asks each partition for a few items, and for more only those whose items are all on the page. So it reads
 * little more than that, however many items they have.
 */
export async function newestFirst<Entity>(
  { call, name }: ClickTable,
  partitions: readonly string[],
  { limit, cursor }: PageRequest,
): Promise<Page<Entity>> {
  const ask = async (partition: string, before: string | undefined, count: number) => {
    const { Items = [] } = await call('Query', {
      TableName: name,
      IndexName: index.name,
      KeyConditionExpression: `#pk = :pk${before === undefined ? '' : ' AND #sk < :before'}`,
      ExpressionAttributeNames: {
        '#pk': index.partitionKey,
        ...(before !== undefined && { '#sk': index.sortKey }),
      },
      ExpressionAttributeValues: {
        ':pk': partition,
        ...(before !== undefined && { ':before': before }),
      },
      ScanIndexForward: false,
      // 101 items of at most 8 KB fit into one answer.
      Limit: count,
    });
    return {
      partition,
      items: Items,
      before: Items.length < count ? undefined : idOf(Items.at(-1)),
    };
  };

  // One more item shows whether there is a next page.
  const wanted = limit + 1;
  let newest: Item[] = [];
  let count = Math.min(wanted, Math.max(FEW, Math.ceil((2 * wanted) / partitions.length)));
  let open = partitions.map((partition) => ({ partition, before: cursor }));
  while (open.length > 0) {
    const answers = await Promise.all(
      open.map(({ partition, before }) => ask(partition, before, count)),
    );
    newest = [...newest, ...answers.flatMap(({ items }) => items)]
      .sort((a, b) => (idOf(a) < idOf(b) ? 1 : -1))
      .slice(0, wanted);
    const last = newest.length < wanted ? '' : idOf(newest.at(-1));
    open = answers.filter(({ before }) => before !== undefined && before > last);
    count = Math.min(wanted, 2 * count);
  }
  const items = newest.slice(0, limit);
  return {
    items: items.map((item) => entityOf<Entity>(item)),
    nextCursor: newest.length > limit ? idOf(items.at(-1)) : null,
  };
}

const idOf = (item: Item | undefined): string => item?.[index.sortKey] ?? '';
