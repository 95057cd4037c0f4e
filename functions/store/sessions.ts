import { GetCommand, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Response } from '../core/response.ts';
import type { Store } from '../core/store.ts';
import type { Table } from './client.ts';
import { responseKey, sessionUserKey, visitorPartition } from './keys.ts';
import { IS_HERE } from './responses.ts';
import { tableShape } from './table-shape.ts';
import { transact, type Write } from './transaction.ts';

type SessionStore = Pick<Store, 'findSessionUser' | 'putSessionUser' | 'moveResponses'>;

// A transaction takes 100 writes, and a move is two, see
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
const MOVES_PER_TRANSACTION = 50;

/**
 * Seconds for which a response that was moved leaves a trace. It has to outlive every retry of its write,
 * of which those from the dead letters of a queue are the last.
 */
const TRACE_LIFETIME = 90 * 24 * 60 * 60;

/** Whom sessions were linked to, and moving their responses there. */
export function sessionStore(table: Table): SessionStore {
  const { client, name } = table;

  const move = (item: Record<string, unknown>, from: Session, userId: string): Write[] => {
    const { id } = item as unknown as Response;
    return [
      {
        Put: {
          TableName: name,
          // In its place a trace, so that a retry of its write does not put it there again.
          Item: { ...responseKey({ session: from.session }, id), ttl: from.traceUntil },
          ConditionExpression: IS_HERE,
        },
      },
      { Put: { TableName: name, Item: { ...item, ...responseKey({ userId }, id), userId } } },
    ];
  };

  /** Moves what is still there, and gives its number. */
  async function moveAll(
    items: Record<string, unknown>[],
    from: Session,
    userId: string,
  ): Promise<number> {
    if (items.length === 0) return 0;
    const failed = await transact(
      table,
      items.flatMap((item) => move(item, from, userId)),
    );
    if (failed.length === 0) return items.length;
    // These were moved by another call meanwhile.
    const gone = new Set(failed.map(({ index }) => index / 2));
    return moveAll(
      items.filter((_, index) => !gone.has(index)),
      from,
      userId,
    );
  }

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

    async moveResponses(session, userId, now) {
      const traceUntil = Math.floor(now.getTime() / 1000) + TRACE_LIFETIME;
      const pages = paginateQuery(
        { client },
        {
          TableName: name,
          KeyConditionExpression: 'pk = :session AND begins_with(sk, :prefix)',
          FilterExpression: IS_HERE,
          ExpressionAttributeValues: {
            ':session': visitorPartition({ session }),
            ':prefix': tableShape.sortKeys.response,
          },
          ConsistentRead: true,
        },
      );
      let moved = 0;
      for await (const { Items = [] } of pages) {
        for (let from = 0; from < Items.length; from += MOVES_PER_TRANSACTION) {
          const some = Items.slice(from, from + MOVES_PER_TRANSACTION);
          moved += await moveAll(some, { session, traceUntil }, userId);
        }
      }
      return moved;
    },
  };
}

/** Where responses are moved from, and until when that is remembered, in epoch seconds. */
interface Session {
  readonly session: string;
  readonly traceUntil: number;
}
