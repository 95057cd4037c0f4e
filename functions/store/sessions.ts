import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Response } from '../core/response.ts';
import type { Store } from '../core/store.ts';
import type { Table } from './client.ts';
import { RESPONSE_PREFIX, responseKey, sessionUserKey, visitorPartition } from './keys.ts';
import { transact, type Write } from './transaction.ts';

type SessionStore = Pick<Store, 'findSessionUser' | 'putSessionUser' | 'moveResponses'>;

// A transaction takes 100 writes, and a move is two, see
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
const MOVES_PER_TRANSACTION = 50;

/** Whom sessions were linked to, and moving their responses there. */
export function sessionStore(table: Table): SessionStore {
  const { client, name } = table;

  const move = (item: Record<string, unknown>, session: string, userId: string): Write[] => {
    const { id } = item as unknown as Response;
    return [
      {
        Delete: {
          TableName: name,
          Key: responseKey({ session }, id),
          ConditionExpression: 'attribute_exists(pk)',
        },
      },
      { Put: { TableName: name, Item: { ...item, ...responseKey({ userId }, id), userId } } },
    ];
  };

  return {
    async findSessionUser(session) {
      const { Item } = await client.send(
        new GetCommand({ TableName: name, Key: sessionUserKey(session), ConsistentRead: true }),
      );
      return Item?.userId;
    },

    async putSessionUser(session, userId) {
      await client.send(
        new PutCommand({ TableName: name, Item: { ...sessionUserKey(session), userId } }),
      );
    },

    async moveResponses(session, userId) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: name,
          KeyConditionExpression: 'pk = :session AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: {
            ':session': visitorPartition({ session }),
            ':prefix': RESPONSE_PREFIX,
          },
          ConsistentRead: true,
          Limit: MOVES_PER_TRANSACTION,
        }),
      );
      if (Items.length === 0) return { moved: 0, remaining: false };
      const failed = await transact(
        table,
        Items.flatMap((item) => move(item, session, userId)),
      );
      // A response that is gone was moved by another call: look again what is left.
      if (failed.length > 0) return { moved: 0, remaining: true };
      return { moved: Items.length, remaining: LastEvaluatedKey !== undefined };
    },
  };
}
