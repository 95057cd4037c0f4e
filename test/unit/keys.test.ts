import { ulid } from 'ulid';
import { describe, expect, test } from 'vitest';
import type { Referral } from '../../functions/core/referral.ts';
import {
  claimKey,
  idempotencyKey,
  ownerPartition,
  referralKey,
  responseKey,
  responsePartitionOf,
  responsePartitions,
  sessionUserKey,
} from '../../functions/store/keys.ts';

const link = { code: 'c' } as Referral;

describe('keys', () => {
  test('have their documented form', () => {
    const user = { userId: 'u1' };
    const session = { session: 's1' };
    expect([
      referralKey('c'),
      claimKey('h'),
      responseKey(session, 'id'),
      responseKey(user, 'id'),
      sessionUserKey('s1'),
      idempotencyKey(user, 'k'),
      idempotencyKey(session, 'k'),
      ownerPartition('u1'),
      responsePartitions({ ...link, buckets: 2 }),
    ]).toEqual([
      { pk: 'REFERRAL#c', sk: 'REFERRAL' },
      { pk: 'CLAIM#h', sk: 'CLAIM' },
      { pk: 'VISITOR#s1', sk: 'RESPONSE#id' },
      { pk: 'VISITOR#user:u1', sk: 'RESPONSE#id' },
      { pk: 'VISITOR#s1', sk: 'USER' },
      { pk: 'IDEMPOTENCY#user:u1#k', sk: 'IDEMPOTENCY' },
      { pk: 'IDEMPOTENCY#s1#k', sk: 'IDEMPOTENCY' },
      'OWNER#u1',
      ['REFERRAL#c#0', 'REFERRAL#c#1'],
    ]);
  });

  test('look for responses in as many buckets as there were at their time', () => {
    const narrowed = {
      ...link,
      buckets: 2,
      widerBefore: [
        { buckets: 8, until: 1_000 },
        { buckets: 4, until: 2_000 },
      ],
    };
    const found = [0, 999, 1_000, 2_000].map((since) => responsePartitions(narrowed, since).length);
    expect(found).toEqual([8, 8, 4, 2]);
  });

  test('give a response the same bucket each time, and spread responses evenly over all 256', () => {
    // By default it asks the system for each random character, which takes seconds.
    const ids = Array.from({ length: 25_600 }, () => ulid(undefined, Math.random));
    const partitions = ids.map((id) => responsePartitionOf('c', id, 256));
    const again = ids.slice(0, 256).map((id) => responsePartitionOf('c', id, 256));
    expect(again).toEqual(partitions.slice(0, 256));
    const counts = Object.values(Object.groupBy(partitions, (partition) => partition));
    expect([...new Set(partitions)].toSorted()).toEqual(
      responsePartitions({ ...link, buckets: 256 }).toSorted(),
    );
    expect(Math.max(...counts.map((same) => same?.length ?? 0))).toBeLessThan(200);
  });
});
