import { paginateQuery, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Visitor } from '../core/visitor.ts';
import type { Table } from './client.ts';
import { visitorPartition } from './keys.ts';
import { tableShape } from './table-shape.ts';

type Query = Omit<QueryCommandInput, 'TableName'>;

/** An item of the table, with its keys. */
// biome-ignore lint/suspicious/noExplicitAny: items of all kinds
export type Item = Record<string, any>;

/** Yields the items that a query finds. Reads only as far as the caller iterates. */
export async function* queryItems({ client, name }: Table, query: Query): AsyncGenerator<Item> {
  for await (const { Items = [] } of paginateQuery({ client }, { TableName: name, ...query })) {
    yield* Items;
  }
}

/** Filter for responses that were not moved away. */
export const IS_HERE = 'attribute_exists(code)';

/** Query for a visitor's responses by time, with the traces of moved responses. Strongly consistent. */
export const responsesOfVisitor = (visitor: Visitor) => ({
  KeyConditionExpression: 'pk = :visitor AND begins_with(sk, :prefix)',
  ExpressionAttributeValues: {
    ':visitor': visitorPartition(visitor),
    ':prefix': tableShape.sortKeys.response,
  },
  ConsistentRead: true,
});
