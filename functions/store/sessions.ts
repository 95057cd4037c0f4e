import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { SessionUser, Store } from '../core/store.ts';
import type { Table } from './client.ts';
import { handoffKey, responseKey, sessionUserKey } from './keys.ts';
import { IS_HERE, type Item, queryItems, responsesOfVisitor } from './query.ts';
import { transact, type Write } from './transaction.ts';

type SessionStore = Pick<
  Store,
  'findSessionUser' | 'claimSession' | 'settleSession' | 'moveResponses' | 'claimHandoff'
>;

// A transaction takes 100 writes, and a move needs two, see
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
const MOVES_PER_TRANSACTION = 50;

/**
 * Lifetime of a moved response's trace, in seconds. The trace must outlive every retry of the response's
 * write. The last retries come from the dead letters of a queue.
 */
const TRACE_LIFETIME = 90 * 24 * 60 * 60;

const epochSeconds = (time: Date): number => Math.floor(time.getTime() / 1000);

const sessionUserOf = (item: Item): SessionUser => ({
  userId: item.userId,
  isSettled: item.isSettled === true,
});

/** Finds the users of sessions. */
export const sessionFinder = ({ client, name }: Table): Pick<Store, 'findSessionUser'> => ({
  async findSessionUser(session) {
    const { Item } = await client.send(
      new GetCommand({ TableName: name, Key: sessionUserKey(session), ConsistentRead: true }),
    );
    return Item && sessionUserOf(Item);
  },
});

/** The users of sessions, and the moves of responses to them. */
export function sessionStore(table: Table): SessionStore {
  const { client, name, retention } = table;

  /** A session is worth nothing without its responses, so its user is forgotten after them. */
  const forgotten = (now: Date) => retention && { ttl: epochSeconds(now) + retention };

  const move = (item: Item, from: Session, userId: string): Write[] => {
    const { id } = item;
    return [
      {
        Put: {
          TableName: name,
          // Leaves a trace, so that a retry of the write does not put the response here again.
          Item: { ...responseKey({ session: from.session }, id), ttl: from.traceUntil },
          ConditionExpression: IS_HERE,
        },
      },
      { Put: { TableName: name, Item: { ...item, ...responseKey({ userId }, id), userId } } },
    ];
  };

  /** Moves the responses that are still there, and returns their number. */
  async function moveAll(items: Item[], from: Session, userId: string): Promise<number> {
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
    ...sessionFinder(table),

    async claimSession(session, userId, now) {
      try {
        await client.send(
          new PutCommand({
            TableName: name,
            Item: { ...sessionUserKey(session), userId, ...forgotten(now) },
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return { userId, isSettled: false };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
        return sessionUserOf(unmarshall(error.Item));
      }
    },

    async settleSession(session, userId, now) {
      const Item = { ...sessionUserKey(session), userId, isSettled: true, ...forgotten(now) };
      await client.send(new PutCommand({ TableName: name, Item }));
    },

    async claimHandoff(id, until) {
      try {
        await client.send(
          new PutCommand({
            TableName: name,
            Item: { ...handoffKey(id), ttl: epochSeconds(until) },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        );
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return false;
      }
    },

    async moveResponses(session, userId, now, limit) {
      const traceUntil = epochSeconds(now) + TRACE_LIFETIME;
      const here = queryItems(table, {
        ...responsesOfVisitor({ session }),
        FilterExpression: IS_HERE,
      });
      const from = { session, traceUntil };
      let moved = 0;
      for await (const items of inBatches(here, MOVES_PER_TRANSACTION)) {
        moved += await moveAll(items, from, userId);
        if (moved >= limit) break;
      }
      return moved;
    },
  };
}

async function* inBatches(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** The session that responses are moved from. `traceUntil` is in epoch seconds. */
interface Session {
  readonly session: string;
  readonly traceUntil: number;
}
