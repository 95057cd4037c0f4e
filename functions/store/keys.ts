import type { Visitor } from '../core/visitor.ts';
import { tableShape } from './table-shape.ts';

const { prefixes } = tableShape;

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Prefix of a visitor's responses in their partition. */
export const RESPONSE_PREFIX = 'RESPONSE#';

/** Which referral has this code? */
export const referralKey = (code: string) =>
  ({ pk: `${prefixes.referral}${code}`, sk: 'REFERRAL' }) as const;

/** Which referral was created for this owner, destination, label and target? */
export const claimKey = (claim: string) =>
  ({ pk: `${prefixes.claim}${claim}`, sk: 'CLAIM' }) as const;

/** What did this visitor do? */
export const visitorPartition = (visitor: Visitor) =>
  `${prefixes.visitor}${visitorName(visitor)}` as const;

/** Which response is this? A visitor's are in the order of time. */
export const responseKey = (visitor: Visitor, id: string) =>
  ({ pk: visitorPartition(visitor), sk: `${RESPONSE_PREFIX}${id}` }) as const;

/** Which user was this session linked to last? */
export const sessionUserKey = (session: string) =>
  ({ pk: visitorPartition({ session }), sk: 'USER' }) as const;

/** What was answered when this visitor sent this key first? */
export const idempotencyKey = (visitor: Visitor, key: string) =>
  ({ pk: `${prefixes.idempotency}${visitorName(visitor)}#${key}`, sk: 'IDEMPOTENCY' }) as const;

/** Index: which referrals does this user own, by time? */
export const ownerPartition = (userId: string) => `${prefixes.owner}${userId}` as const;

/** Index: which responses has this referral, by time? All of its buckets together. */
export const responsePartitions = (code: string, buckets: number) =>
  Array.from({ length: buckets }, (_, bucket) => responsePartition(code, bucket));

/** Index: in which of its referral's buckets does a response lie? The same at every retry of its write. */
export const responsePartitionOf = (code: string, id: string, buckets: number) =>
  responsePartition(code, lastTenBits(id) % buckets);

const lastTenBits = (ulid: string) =>
  CROCKFORD.indexOf(ulid.charAt(24)) * 32 + CROCKFORD.indexOf(ulid.charAt(25));

const responsePartition = (code: string, bucket: number) =>
  `${prefixes.referral}${code}#${bucket}` as const;

const visitorName = (visitor: Visitor) =>
  'userId' in visitor ? `user:${visitor.userId}` : visitor.session;
