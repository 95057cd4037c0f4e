import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import QuickLRU from 'quick-lru';
import type { Referral } from '../core/referral.ts';
import { isIndexThrottled, type Table } from './client.ts';
import { referralKey } from './keys.ts';

/** Index partitions that the responses of one referral can be spread over. */
const MAX_BUCKETS = 256;

/** Writes a response of a referral, given the referral with as many buckets as it has now. */
export type BucketGrower = <Result>(
  referral: Referral,
  write: (referral: Referral) => Promise<Result>,
) => Promise<Result>;

/**
 * Makes a writer of responses: what is refused because the referral's partition of the index is at its
 * limit spreads the referral over twice as many, and is tried again at once.
 *
 * A partition takes 1,000 write units a second, and an index that refuses holds up its table, see
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/gsi-throttling.html
 */
export function bucketGrower({ client, name }: Table): BucketGrower {
  // What this process has seen of growth; the referral that it remembers may be a minute old.
  const grown = new QuickLRU<string, number>({ maxSize: 1000 });

  /** Doubles a referral's buckets, unless another did. */
  async function double(code: string, buckets: number): Promise<number> {
    try {
      await client.send(
        new UpdateCommand({
          TableName: name,
          Key: referralKey(code),
          UpdateExpression: 'SET buckets = :doubled',
          ConditionExpression: 'buckets = :buckets',
          ExpressionAttributeValues: { ':buckets': buckets, ':doubled': buckets * 2 },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return buckets * 2;
    } catch (error) {
      const current = error instanceof ConditionalCheckFailedException && error.Item?.buckets?.N;
      if (!current) throw error;
      return Number(current);
    }
  }

  return async (referral, write) => {
    const { code } = referral;
    for (;;) {
      const buckets = Math.max(referral.buckets, grown.get(code) ?? 1);
      try {
        return await write({ ...referral, buckets });
      } catch (error) {
        if (!isIndexThrottled(error) || buckets === MAX_BUCKETS) throw error;
        grown.set(code, await double(code, buckets));
      }
    }
  };
}
