import type { PutCommandInput } from '@aws-sdk/lib-dynamodb';
import {
  type ClosedHours,
  type CountState,
  type Hour,
  hourAt,
  LONGEST_IN_ITEM,
  type Mark,
  type Total,
} from '../core/hours.ts';
import type { Referral } from '../core/referral.ts';
import type { Store } from '../core/store.ts';
import { VisitorsGone } from '../core/unique-visitors.ts';
import type { Table } from './client.ts';
import {
  countsItem,
  progressItem,
  progressOf,
  quarterItems,
  quartersOf,
  totalOf,
} from './hour-items.ts';
import {
  closedHourKey,
  dueSortKey,
  openHourKey,
  openPartitionOf,
  openPartitions,
  totalKey,
  visitorsKey,
} from './keys.ts';
import { getItem, type Item, queryItems } from './query.ts';
import { ConditionFailed } from './table.ts';
import { tableShape } from './table-shape.ts';
import { entityOf } from './timeline.ts';
import { transact, type Write } from './transaction.ts';

type HourStore = Pick<
  Store,
  | 'openHour'
  | 'reopenHour'
  | 'openHours'
  | 'dueHours'
  | 'readCounts'
  | 'closeHours'
  | 'saveProgress'
  | 'putVisitors'
  | 'readVisitors'
  | 'readTotal'
  | 'replaceTotal'
  | 'closedHours'
>;

/** Visitors of an hour in one item: with 18 bytes each, they fit into 400 KB. */
const VISITORS_OF_ITEM = 20_000;

/** Seconds that the visitors of an hour are kept. The hour is counted before. */
const VISITORS_LIFETIME = 2 * 24 * 60 * 60;

/** Open and closed hours of referrals, and the totals of the closed ones. */
export function hourStore(table: Table): HourStore {
  const { call, name } = table;

  const putMark = (
    code: string,
    { progress, ...mark }: Mark,
    condition: Partial<PutCommandInput>,
  ) =>
    putIf(table, {
      Item: {
        ...openHourKey(code, mark.hour),
        gsi1pk: openPartitionOf(code),
        gsi1sk: dueSortKey(mark.due, code, mark.hour),
        code,
        ...mark,
        ...(progress && { progress: progressItem(mark.hour, progress) }),
      },
      ...condition,
    });

  const putTotal = (code: string, version: Total['version'], total: Total): Write => ({
    Put: {
      TableName: name,
      Item: {
        ...totalKey(code),
        version: total.version,
        through: total.through,
        ...countsItem(total.counts),
      },
      ...(version === undefined
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: 'version = :version',
            ExpressionAttributeValues: { ':version': version },
          }),
    },
  });

  return {
    async openHour(code, mark) {
      await putMark(code, mark, {
        ConditionExpression: 'attribute_not_exists(pk) OR due > :due',
        ExpressionAttributeValues: { ':due': mark.due },
      });
    },

    async reopenHour(code, mark) {
      await putMark(code, mark, {});
    },

    async openHours(code) {
      const hours: Hour[] = [];
      const { pk, sk } = openHourKey(code, '');
      const marks = queryItems(table, {
        KeyConditionExpression: 'pk = :referral AND begins_with(sk, :open)',
        ExpressionAttributeValues: { ':referral': pk, ':open': sk },
      });
      for await (const { hour } of marks) hours.push(hour);
      return hours;
    },

    async *dueHours(now) {
      const partitions = openPartitions.map((partition) =>
        queryItems(table, {
          IndexName: tableShape.index.name,
          KeyConditionExpression: 'gsi1pk = :partition AND gsi1sk < :now',
          ExpressionAttributeValues: { ':partition': partition, ':now': now.toISOString() },
        }),
      );
      for await (const { code, hour, due } of merged(partitions, ({ gsi1sk }) => gsi1sk)) {
        yield { code, hour, due };
      }
    },

    async readCounts(code) {
      // The keys between these are the marks, the referral and the total, in this order.
      const [first, last] = [openHourKey(code, ''), totalKey(code)];
      const items = queryItems(table, {
        KeyConditionExpression: 'pk = :referral AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: { ':referral': first.pk, ':first': first.sk, ':last': last.sk },
        ConsistentRead: true,
      });
      return stateOf(await Array.fromAsync(items));
    },

    async closeHours(code, { mark, closed, before, total }) {
      const failed = await transact(table, [
        ...(mark
          ? [
              {
                Delete: {
                  TableName: name,
                  Key: openHourKey(code, mark.hour),
                  ConditionExpression: 'version = :version',
                  ExpressionAttributeValues: { ':version': mark.version },
                },
              },
            ]
          : []),
        ...(closed ? [{ Put: { TableName: name, Item: closedItem(code, closed) } }] : []),
        putTotal(code, before, total),
      ]);
      return failed.length === 0;
    },

    saveProgress: (code, { hour, version, progress: before }, next) =>
      putMark(
        code,
        { hour, version, ...next },
        {
          ConditionExpression: `version = :version AND ${
            before ? 'progress.id = :before' : 'attribute_not_exists(progress)'
          }`,
          ExpressionAttributeValues: {
            ':version': version,
            ...(before && { ':before': before.id }),
          },
        },
      ),

    async putVisitors(id, visitors) {
      const items = Math.ceil(visitors.length / VISITORS_OF_ITEM);
      const ttl = Math.floor(Date.now() / 1000) + VISITORS_LIFETIME;
      for (let item = 0; item < items; item++) {
        const some = visitors.slice(item * VISITORS_OF_ITEM, (item + 1) * VISITORS_OF_ITEM);
        const Item = { ...visitorsKey(id, item), visitors: some.flat().join(' '), ttl };
        await call('PutItem', { TableName: name, Item });
      }
      return items;
    },

    async *readVisitors(parts) {
      for (const { id, items } of parts) {
        for (let item = 0; item < items; item++) {
          const Key = visitorsKey(id, item);
          const Item = await getItem(table, Key);
          if (Item === undefined) throw new VisitorsGone(`${Key.pk} is gone.`);
          const hashes: string[] = Item.visitors.split(' ');
          for (let at = 0; at < hashes.length; at += 2) {
            yield { fingerprint: hashes[at] as string, ipHash: hashes[at + 1] as string };
          }
        }
      }
    },

    async readTotal(code) {
      return totalOf(await getItem(table, totalKey(code)));
    },

    async replaceTotal(code, version, total) {
      return (await transact(table, [putTotal(code, version, total)])).length === 0;
    },

    async closedHours(code, from, to) {
      if (from >= to) return [];
      const hours: ClosedHours[] = [];
      const { pk } = closedHourKey(code, '');
      const items = queryItems(table, {
        KeyConditionExpression: 'pk = :referral AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: {
          ':referral': pk,
          ':first': closedHourKey(code, hourAt(from)).sk,
          // An item has hours before its own.
          ':last': closedHourKey(code, hourAt(to - 1 + LONGEST_IN_ITEM)).sk,
        },
        ConsistentRead: true,
      });
      for await (const item of items) {
        hours.push({ hour: item.hour, quarters: quartersOf(item.hour, item.quarters) });
      }
      return hours;
    },
  };
}

const closedItem = (code: string, { hour, quarters }: ClosedHours) => ({
  ...closedHourKey(code, hour),
  hour,
  quarters: quarterItems(hour, quarters),
});

/** Reads marks, referral and total. */
export function stateOf(items: readonly Item[]): CountState {
  const referral = items.find(({ sk }) => sk === tableShape.sortKeys.referral);
  return {
    referral: referral && entityOf<Referral>(referral),
    marks: items
      .filter(({ gsi1pk }) => gsi1pk?.startsWith(tableShape.prefixes.open))
      .sort((a, b) => (a.hour < b.hour ? -1 : 1))
      .map(({ hour, due, version, progress }) => ({
        hour,
        due,
        version,
        ...(progress && { progress: progressOf(hour, progress) }),
      })),
    total: totalOf(items.find(({ sk }) => sk === totalKey('').sk)),
  };
}

/** Puts an item, unless its condition fails. Returns whether it was put. */
async function putIf({ call, name }: Table, input: Omit<PutCommandInput, 'TableName'>) {
  try {
    await call('PutItem', { TableName: name, ...input });
    return true;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return false;
  }
}

/** Yields the items of sorted sources in the order of their keys. */
async function* merged(
  sources: readonly AsyncIterator<Item>[],
  keyOf: (item: Item) => string,
): AsyncGenerator<Item> {
  const next = async (source: AsyncIterator<Item>) => ({ source, ...(await source.next()) });
  let heads = await Promise.all(sources.map(next));
  for (;;) {
    heads = heads.filter(({ done }) => !done);
    if (heads.length === 0) return;
    const first = heads.reduce((a, b) => (keyOf(b.value) < keyOf(a.value) ? b : a));
    yield first.value;
    heads[heads.indexOf(first)] = await next(first.source);
  }
}
