import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Visitor } from '../core/visitor.ts';
import { visitorPartition } from './keys.ts';
import type { ClickTable } from './table.ts';
import { tableShape } from './table-shape.ts';

type Query = Omit<QueryCommandInput, 'TableName'>;

/** An item of the table, with its keys. */
// biome-ignore lint/suspicious/noExplicitAny: items of all kinds
export type Item = Record<string, any>;

/** Yields the items that a query finds. Reads only as far as the caller iterates. */
export async function* queryItems({ call, name }: ClickTable, query: Query): AsyncGenerator<Item> {
  let ExclusiveStartKey: Item | undefined;
  do {
    const page = await call('Query', { TableName: name, ...query, ExclusiveStartKey });
    yield* page.Items ?? [];
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
}

/** The item with a key; undefined if there is none. Strongly consistent. */
export async function getItem({ call, name }: ClickTable, Key: { pk: string; sk: string }) {
  return (await call('GetItem', { TableName: name, Key, ConsistentRead: true })).Item;
}

/** Condition of a session's response that is not linked to a user. Earlier versions left traces without a code. */
export const IS_UNLINKED = 'attribute_exists(code) AND attribute_not_exists(userId)';

/** Query for a visitor's responses by time, with those of a session that are linked. Strongly consistent. */
export const responsesOfVisitor = (visitor: Visitor) => ({
  KeyConditionExpression: 'pk = :visitor AND begins_with(sk, :prefix)',
  ExpressionAttributeValues: {
    ':visitor': visitorPartition(visitor),
    ':prefix': tableShape.sortKeys.response,
  },
  ConsistentRead: true,
});
