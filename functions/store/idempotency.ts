import { ReferralsError } from '../core/errors.ts';
import type { Response } from '../core/response.ts';
import type { Store } from '../core/store.ts';
import type { BucketGrower } from './buckets.ts';
import type { Table } from './client.ts';
import { idempotencyKey } from './keys.ts';
import { responseItem } from './responses.ts';
import { transact, type Write } from './transaction.ts';

/** Remembers the answer to a key, in the transaction that records it. */
export function idempotencyStore(
  table: Table,
  spread: BucketGrower,
): Pick<Store, 'putResponseOnce'> {
  return {
    async putResponseOnce({ visitor, key, fingerprint, lifetime }, now, recorded) {
      const remember: Write = {
        Put: {
          TableName: table.name,
          Item: {
            ...idempotencyKey(visitor, key),
            fingerprint,
            ...(recorded && { response: recorded.response }),
            ...(Number.isFinite(lifetime) && { ttl: epochSeconds(now) + lifetime }),
          },
          // DynamoDB deletes items up to days after their TTL, so an expired item counts as deleted.
          ConditionExpression: 'attribute_not_exists(pk) OR #ttl <= :now',
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: { ':now': epochSeconds(now) },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      };
      const failed = recorded
        ? await spread(recorded.referral, (referral) => {
            const Item = responseItem(recorded.response, referral, table);
            return transact(table, [remember, { Put: { TableName: table.name, Item } }]);
          })
        : await transact(table, [remember]);
      const existing = failed[0]?.existing;
      if (existing === undefined) return recorded?.response;
      if (existing.fingerprint !== fingerprint) {
        throw new ReferralsError(
          'idempotency_mismatch',
          'This Idempotency-Key was sent before with another body. Use a new key for a new action.',
          { field: 'Idempotency-Key' },
        );
      }
      return existing.response as Response | undefined;
    },
  };
}

const epochSeconds = (date: Date) => Math.floor(date.getTime() / 1000);
