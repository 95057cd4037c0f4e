import { GetCommand, PutCommand, TransactGetCommand } from '@aws-sdk/lib-dynamodb';
import { type Hour, hourAt, type Quarters, type Total } from '../core/hours.ts';
import type { Referral } from '../core/referral.ts';
import type { Store } from '../core/store.ts';
import type { Table } from './client.ts';
import { countsItem, quarterItems, quartersOf, totalOf } from './hour-items.ts';
import {
  closedHourKey,
  dueSortKey,
  openHourKey,
  openPartitionOf,
  openPartitions,
  referralKey,
  totalKey,
} from './keys.ts';
import { queryItems } from './query.ts';
import { tableShape } from './table-shape.ts';
import { entityOf } from './timeline.ts';
import { transact, type Write } from './transaction.ts';

type HourStore = Pick<
  Store,
  | 'putOpenHour'
  | 'openHours'
  | 'dueHours'
  | 'readHour'
  | 'closeHour'
  | 'readTotal'
  | 'replaceTotal'
  | 'closedHours'
>;

/** How long the same partition of open hours comes first, in milliseconds. */
const TURN = 60_000;

/** Open and closed hours of referrals, and the totals of the closed ones. */
export function hourStore(table: Table): HourStore {
  const { client, name } = table;

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
    async putOpenHour({ code, hour, due, version }) {
      const Item = {
        ...openHourKey(code, hour),
        gsi1pk: openPartitionOf(code),
        gsi1sk: dueSortKey(due, code, hour),
        code,
        hour,
        due,
        version,
      };
      await client.send(new PutCommand({ TableName: name, Item }));
    },

    async openHours(code) {
      const hours: Hour[] = [];
      const { pk, sk } = openHourKey(code, '');
      const marks = queryItems(table, {
        KeyConditionExpression: 'pk = :referral AND begins_with(sk, :open)',
        ExpressionAttributeValues: { ':referral': pk, ':open': sk },
        ConsistentRead: true,
      });
      for await (const { hour } of marks) hours.push(hour);
      return hours;
    },

    async *dueHours(now) {
      // Each run begins with another partition, because a run may not have time for all of them.
      const first = Math.floor(now.getTime() / TURN) % openPartitions.length;
      for (const partition of [...openPartitions.slice(first), ...openPartitions.slice(0, first)]) {
        const marks = queryItems(table, {
          IndexName: tableShape.index.name,
          KeyConditionExpression: 'gsi1pk = :partition AND gsi1sk < :now',
          ExpressionAttributeValues: { ':partition': partition, ':now': now.toISOString() },
        });
        for await (const { code, hour } of marks) yield { code, hour };
      }
    },

    async readHour(code, hour) {
      const keys = [openHourKey(code, hour), closedHourKey(code, hour), totalKey(code)];
      const { Responses = [] } = await client.send(
        new TransactGetCommand({
          TransactItems: [...keys, referralKey(code)].map((Key) => ({
            Get: { TableName: name, Key },
          })),
        }),
      );
      const [mark, closed, total, referral] = Responses.map(({ Item }) => Item);
      return {
        code,
        hour,
        mark: mark && { version: mark.version, due: mark.due },
        closed: quartersOf(hour, closed),
        total: totalOf(total),
        referral: referral && entityOf<Referral>(referral),
      };
    },

    async closeHour({ state: { code, hour, mark, total: before }, closed, total }) {
      const failed = await transact(table, [
        {
          Delete: {
            TableName: name,
            Key: openHourKey(code, hour),
            ConditionExpression: 'version = :version',
            ExpressionAttributeValues: { ':version': mark?.version },
          },
        },
        {
          Put: {
            TableName: name,
            Item: { ...closedHourKey(code, hour), hour, quarters: quarterItems(hour, closed) },
          },
        },
        putTotal(code, before.version, total),
      ]);
      return failed.length === 0;
    },

    async readTotal(code) {
      const { Item } = await client.send(
        new GetCommand({ TableName: name, Key: totalKey(code), ConsistentRead: true }),
      );
      return totalOf(Item);
    },

    async replaceTotal(code, version, total) {
      return (await transact(table, [putTotal(code, version, total)])).length === 0;
    },

    async closedHours(code, from, to) {
      if (from >= to) return [];
      const hours: { hour: Hour; quarters: Quarters }[] = [];
      const { pk } = closedHourKey(code, '');
      const items = queryItems(table, {
        KeyConditionExpression: 'pk = :referral AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: {
          ':referral': pk,
          ':first': closedHourKey(code, hourAt(from)).sk,
          ':last': closedHourKey(code, hourAt(to - 1)).sk,
        },
        ConsistentRead: true,
      });
      for await (const item of items) {
        hours.push({ hour: item.hour, quarters: quartersOf(item.hour, item) });
      }
      return hours;
    },
  };
}
