import { PutCommand, paginateQuery, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Referral } from '../core/referral.ts';
import { RESPONDED, type Response } from '../core/response.ts';
import type { Store } from '../core/store.ts';
import type { Visitor } from '../core/visitor.ts';
import type { Table } from './client.ts';
import {
  RESPONSE_PREFIX,
  responseKey,
  responsePartitionOf,
  responsePartitions,
  visitorPartition,
} from './keys.ts';
import { tableShape } from './table-shape.ts';
import { entityOf, newestFirst } from './timeline.ts';

type ResponseStore = Pick<
  Store,
  'putResponse' | 'listResponses' | 'countClicks' | 'responsesOf' | 'hasResponded'
>;

/** A response as it lies in the table: under its visitor, and in the index under its referral. */
export const responseItem = (
  response: Response,
  { code, buckets }: Referral,
  { retention }: Table,
) => ({
  ...(retention && { ttl: Math.floor(Date.parse(response.createdAt) / 1000) + retention }),
  ...responseKey(visitorOf(response), response.id),
  gsi1pk: responsePartitionOf(code, response.id, buckets),
  gsi1sk: response.id,
  ...response,
});

/** Responses by visitor and by referral. */
export function responseStore(table: Table): ResponseStore {
  const { client, name } = table;

  async function* query(input: Omit<QueryCommandInput, 'TableName'>) {
    for await (const { Items = [] } of paginateQuery({ client }, { TableName: name, ...input })) {
      yield* Items;
    }
  }
  const ofVisitor = (visitor: Visitor) => ({
    KeyConditionExpression: 'pk = :visitor AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: {
      ':visitor': visitorPartition(visitor),
      ':prefix': RESPONSE_PREFIX,
    },
    ConsistentRead: true,
  });

  return {
    async putResponse(response, referral) {
      await client.send(
        new PutCommand({ TableName: name, Item: responseItem(response, referral, table) }),
      );
    },

    listResponses: (referrals, page) =>
      newestFirst<Response>(
        table,
        referrals.flatMap(({ code, buckets }) => responsePartitions(code, buckets)),
        page,
      ),

    async countClicks({ code, buckets }) {
      const counts = { clicks: 0, uniqueVisitors: 0 };
      const countBucket = async (partition: string) => {
        const clicks = query({
          IndexName: tableShape.index.name,
          KeyConditionExpression: 'gsi1pk = :partition',
          FilterExpression: '#action = :click AND kind = :human',
          ProjectionExpression: '#first',
          ExpressionAttributeNames: { '#action': 'action', '#first': 'first' },
          ExpressionAttributeValues: {
            ':partition': partition,
            ':click': RESPONDED,
            ':human': 'human',
          },
        });
        for await (const { first } of clicks) {
          counts.clicks += 1;
          if (first === true) counts.uniqueVisitors += 1;
        }
      };
      await Promise.all(responsePartitions(code, buckets).map(countBucket));
      return counts;
    },

    async *responsesOf(visitor, order) {
      // Most callers stop at the first.
      const input = { ...ofVisitor(visitor), ScanIndexForward: order === 'oldest', Limit: 10 };
      for await (const item of query(input)) yield entityOf<Response>(item);
    },

    async hasResponded(visitor, code) {
      const { ExpressionAttributeValues, ...input } = ofVisitor(visitor);
      const responses = query({
        ...input,
        FilterExpression: 'code = :code',
        ProjectionExpression: 'sk',
        ExpressionAttributeValues: { ...ExpressionAttributeValues, ':code': code },
      });
      for await (const _ of responses) return true;
      return false;
    },
  };
}

function visitorOf({ userId, session }: Response): Visitor {
  if (userId !== undefined) return { userId };
  if (session !== undefined) return { session };
  throw new TypeError('A response without a visitor has no place in the table.');
}
