import type { Store } from '../core/store.ts';
import type { Table } from './client.ts';
import { handoffKey, responseKey, sessionUserKey } from './keys.ts';
import { IS_UNLINKED, type Item, queryItems, responsesOfVisitor } from './query.ts';
import { sessionFinder, sessionUserOf } from './session-finder.ts';
import { ConditionFailed } from './table.ts';
import { transact, type Write } from './transaction.ts';

type SessionStore = Pick<
  Store,
  'findSessionUser' | 'claimSession' | 'settleSession' | 'linkResponses' | 'claimHandoff'
>;

// A transaction takes 100 writes, and linking a response needs two, see
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
const LINKS_PER_TRANSACTION = 50;

const epochSeconds = (time: Date): number => Math.floor(time.getTime() / 1000);

/** The users of sessions, and the links of responses to them. */
export function sessionStore(table: Table): SessionStore {
  const { call, name, retention } = table;

  /** A session is worth nothing without its responses, so its user is forgotten after them. */
  const forgotten = (now: Date) => retention && { ttl: epochSeconds(now) + retention };

  const link = (item: Item, session: string, userId: string): Write[] => {
    const { gsi1pk, gsi1sk, ...response } = item;
    return [
      {
        // It keeps its place, so that no retry puts it again, and the index has it once at every moment.
        Update: {
          TableName: name,
          Key: responseKey({ session }, item.id),
          UpdateExpression: 'SET userId = :user',
          ConditionExpression: IS_UNLINKED,
          ExpressionAttributeValues: { ':user': userId },
        },
      },
      // The copy is for reads by user only, so the index does not have it.
      {
        Put: {
          TableName: name,
          Item: { ...response, ...responseKey({ userId }, item.id), userId },
        },
      },
    ];
  };

  /** Links the responses that are still unlinked, and returns their number. */
  async function linkAll(items: Item[], session: string, userId: string): Promise<number> {
    if (items.length === 0) return 0;
    const failed = await transact(
      table,
      items.flatMap((item) => link(item, session, userId)),
    );
    if (failed.length === 0) return items.length;
    // These were linked by another call meanwhile.
    const linked = new Set(failed.map(({ index }) => index / 2));
    return linkAll(
      items.filter((_, index) => !linked.has(index)),
      session,
      userId,
    );
  }

  return {
    ...sessionFinder(table),

    async claimSession(session, userId, now) {
      try {
        await call('PutItem', {
          TableName: name,
          Item: { ...sessionUserKey(session), userId, ...forgotten(now) },
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        });
        return { userId, isSettled: false };
      } catch (error) {
        if (!(error instanceof ConditionFailed) || !error.existing) throw error;
        return sessionUserOf(error.existing);
      }
    },

    async settleSession(session, userId, now) {
      const Item = { ...sessionUserKey(session), userId, isSettled: true, ...forgotten(now) };
      await call('PutItem', { TableName: name, Item });
    },

    async claimHandoff(id, until) {
      try {
        await call('PutItem', {
          TableName: name,
          Item: { ...handoffKey(id), ttl: epochSeconds(until) },
          ConditionExpression: 'attribute_not_exists(pk)',
        });
        return true;
      } catch (error) {
        if (!(error instanceof ConditionFailed)) throw error;
        return false;
      }
    },

    async linkResponses(session, userId, limit) {
      const unlinked = queryItems(table, {
        ...responsesOfVisitor({ session }),
        FilterExpression: IS_UNLINKED,
      });
      let linked = 0;
      for await (const items of inBatches(unlinked, LINKS_PER_TRANSACTION)) {
        linked += await linkAll(items, session, userId);
        if (linked >= limit) break;
      }
      return linked;
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
