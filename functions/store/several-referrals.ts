import { ExecuteStatementCommand } from '@aws-sdk/lib-dynamodb';
import type { CountedResponse } from '../core/counts.ts';
import type { Referral } from '../core/referral.ts';
import type { Store } from '../core/store.ts';
import type { Table } from './client.ts';
import { stateOf } from './hours.ts';
import { firstIdOf, openHourKey, referralKey, responsePartitions, totalKey } from './keys.ts';
import type { Item } from './query.ts';
import { tableShape } from './table-shape.ts';

/**
 * Number of partition keys in a statement, see
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-functions.html
 */
const MOST_PARTITIONS = 50;

/**
 * Reads of several referrals at once, by PartiQL: a query has one partition only. A statement with `IN` reads only its
 * partitions, see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.select.html
 */
export function severalReferrals(table: Table): Pick<Store, 'readAllCounts' | 'responsesSince'> {
  const { name } = table;
  return {
    async readAllCounts(codes) {
      const [first, last] = [openHourKey('', '').sk, totalKey('').sk];
      const items: Item[] = [];
      for (const some of inGroups(codes.map((code) => referralKey(code).pk))) {
        let next: string | undefined;
        do {
          const read = await select(table, {
            Statement: `SELECT * FROM "${name}" WHERE pk IN [${marksOf(some)}] AND sk BETWEEN ? AND ?`,
            Parameters: [...some, first, last],
            ConsistentRead: true,
            NextToken: next,
          });
          items.push(...read.Items);
          next = read.NextToken;
        } while (next !== undefined);
      }
      const byPartition = Map.groupBy(items, ({ pk }) => pk);
      return new Map(
        codes.map((code) => [code, stateOf(byPartition.get(referralKey(code).pk) ?? [])]),
      );
    },

    async responsesSince(referrals, from, limit) {
      const found: Item[] = [];
      for (const some of inGroups(
        referrals.flatMap((referral) => responsePartitions(referral, from)),
      )) {
        const { Items, NextToken } = await select(table, {
          Statement: `SELECT code, id, "action", kind, "first", trusted, fingerprint, ipHash FROM "${name}"."${tableShape.index.name}" WHERE gsi1pk IN [${marksOf(some)}] AND gsi1sk >= ?`,
          Parameters: [...some, firstIdOf(from)],
          Limit: limit,
        });
        if (NextToken !== undefined) return undefined;
        found.push(...Items);
      }
      const sorted = found.sort((a, b) => (a.id < b.id ? -1 : 1));
      return Map.groupBy(
        sorted as (CountedResponse & Pick<Referral, 'code'>)[],
        ({ code }) => code,
      );
    },
  };
}

const marksOf = (values: readonly unknown[]): string => values.map(() => '?').join(', ');

function* inGroups(partitions: readonly string[]): Generator<string[]> {
  for (let from = 0; from < partitions.length; from += MOST_PARTITIONS) {
    yield partitions.slice(from, from + MOST_PARTITIONS);
  }
}

async function select({ client }: Table, input: ExecuteStatementCommand['input']) {
  const { Items = [], NextToken } = await client.send(new ExecuteStatementCommand(input));
  return { Items: Items as Item[], NextToken };
}
