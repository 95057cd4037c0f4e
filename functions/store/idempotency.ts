import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { ReferralsError } from '../core/errors.ts';
import type { Response } from '../core/response.ts';
import type { Store } from '../core/store.ts';
import type { BucketGrower } from './buckets.ts';
import type { Table } from './client.ts';
import { idempotencyKey } from './keys.ts';
import { responseItem } from './responses.ts';
import { transact, type Write } from './transaction.ts';

/** Remembers the response to a key, in the transaction that stores it. */
export function idempotencyStore(
  table: Table,
  spread: BucketGrower,
): Pick<Store, 'putResponseOnce'> {
  const { client, name: TableName, retention = Number.POSITIVE_INFINITY } = table;

  /** The item of a key; undefined if there is none, or if it has expired. */
  const find = async (Key: ReturnType<typeof idempotencyKey>, now: Date) => {
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    const hasExpired = Item?.ttl !== undefined && Item.ttl <= epochSeconds(now);
    return hasExpired ? undefined : Item;
  };

  return {
    async putResponseOnce({ visitor, key, fingerprint, lifetime }, now, recorded) {
      const Key = idempotencyKey(visitor, key);
      const seconds = Math.min(lifetime, retention);
      const remember = (response: Response): Write => ({
        Put: {
          TableName,
          Item: {
            ...Key,
            fingerprint,
            response: answered(response),
            ...(Number.isFinite(seconds) && { ttl: epochSeconds(now) + seconds }),
          },
          // DynamoDB deletes items up to days after their TTL, so an expired item counts as deleted.
          ConditionExpression: 'attribute_not_exists(pk) OR #ttl <= :now',
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: { ':now': epochSeconds(now) },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      });
      const putOnce = async ({ response, referral }: NonNullable<typeof recorded>) => {
        const failed = await spread(referral, (current) => {
          const Item = responseItem(response, current, table);
          return transact(table, [remember(response), { Put: { TableName, Item } }]);
        });
        return failed[0]?.existing;
      };
      // Anybody can make up visitors and keys, so nothing is written without a response.
      const existing = recorded ? await putOnce(recorded) : await find(Key, now);
      if (existing === undefined) return recorded?.response;
      if (existing.fingerprint !== fingerprint) {
        throw new ReferralsError(
          'idempotency_mismatch',
          'This Idempotency-Key was sent before with another body. Use a new key for a new action.',
          { field: 'Idempotency-Key' },
        );
      }
      return { ...(existing.response as Response), ...visitor };
    },
  };
}

/** The part of a response that answers show. Its visitor is in the key. */
const answered = ({ ip, userAgent, referrerId, session, userId, ...shown }: Response) => shown;

const epochSeconds = (date: Date) => Math.floor(date.getTime() / 1000);
