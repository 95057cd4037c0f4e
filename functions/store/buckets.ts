import { setTimeout as delay } from 'node:timers/promises';
import QuickLRU from 'quick-lru';
import type { Referral } from '../core/referral.ts';
import type { Store } from '../core/store.ts';
import { referralKey } from './keys.ts';
import { type ClickTable, ConditionFailed, isIndexThrottled } from './table.ts';

/** Maximum number of index partitions for the responses of one referral. */
const MAX_BUCKETS = 256;

// Milliseconds.
const PROBATION = 1_000;
const PAUSE = 200;

/** Milliseconds for which a number of partitions is remembered here. */
const REMEMBERED = 60_000;

/**
 * Milliseconds for which functions may go on writing to the partitions that they remember: a minute, or longer if the
 * table can't be read, see `recent-referrals.ts`.
 */
const OVERLAP = 60 * 60_000;

/** Milliseconds after which the number of partitions may be halved. */
const SETTLED = 2 * 60 * 60_000;

/** Maximum number of tries for a write that is always refused. */
const TRIES = 10;

/** Writes a response of a referral. `write` gets the referral with its current number of buckets. */
export type BucketGrower = <Result>(
  referral: Referral,
  write: (referral: Referral) => Promise<Result>,
) => Promise<Result>;

/**
 * Makes a writer of responses. If a write is refused because the referral's partition of the index is at its
 * limit, it doubles the referral's partitions and tries again at once.
 *
 * A partition takes 1,000 write units a second. An index that refuses writes holds up its table, see
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/gsi-throttling.html
 */
export function bucketGrower({ call, name }: ClickTable): BucketGrower {
  // Bucket numbers that this process has seen, because a remembered referral may be a minute old.
  const grown = new QuickLRU<string, number>({ maxSize: 1000, maxAge: REMEMBERED });

  /**
   * Doubles a referral's buckets, unless another process did, or they were doubled just now. It is too early
   * then to know whether that is enough, and every bucket makes reading cost more.
   *
   * @returns the number of buckets afterwards.
   */
  async function double(code: string, buckets: number): Promise<number> {
    const now = Date.now();
    try {
      await call('UpdateItem', {
        TableName: name,
        Key: referralKey(code),
        UpdateExpression: 'SET buckets = :doubled, resizedAt = :now',
        ConditionExpression:
          'buckets = :buckets AND (attribute_not_exists(resizedAt) OR resizedAt < :before)',
        ExpressionAttributeValues: {
          ':buckets': buckets,
          ':doubled': buckets * 2,
          ':now': now,
          ':before': now - PROBATION,
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      return buckets * 2;
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      return error.existing?.buckets ?? buckets;
    }
  }

  return async (referral, write) => {
    const { code } = referral;
    for (let tries = 1; ; tries++) {
      const buckets = Math.max(referral.buckets, grown.get(code) ?? 1);
      try {
        return await write({ ...referral, buckets });
      } catch (error) {
        if (!isIndexThrottled(error) || buckets === MAX_BUCKETS || tries === TRIES) throw error;
        const current = await double(code, buckets);
        grown.set(code, current);
        if (current === buckets) await delay(Math.random() * PAUSE);
      }
    }
  };
}

/** Halves the partitions of referrals. */
export const bucketHalver = ({ call, name }: ClickTable): Pick<Store, 'halveBuckets'> => ({
  async halveBuckets({ code, buckets, widerBefore = [] }, now) {
    const time = now.getTime();
    // Responses stay in their partitions, so readers need to know where to look for them.
    const wider = [
      ...widerBefore.filter((width) => width.buckets > buckets),
      { buckets, until: time + OVERLAP },
    ];
    try {
      await call('UpdateItem', {
        TableName: name,
        Key: referralKey(code),
        UpdateExpression: 'SET buckets = :half, widerBefore = :wider, resizedAt = :now',
        ConditionExpression: 'buckets = :buckets AND resizedAt < :settled',
        ExpressionAttributeValues: {
          ':buckets': buckets,
          ':half': buckets / 2,
          ':wider': wider,
          ':now': time,
          ':settled': time - SETTLED,
        },
      });
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
    }
  },
});
