import { encodeTime } from 'ulid';
import type { Hour } from '../core/hours.ts';
import type { Visitor } from '../core/visitor.ts';
import { tableShape } from './table-shape.ts';

const { prefixes, sortKeys } = tableShape;

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Partitions of the index over which the open hours of all referrals are spread. */
const OPEN_PARTITIONS = 16;

/** Which referral has this code? */
export const referralKey = (code: string) =>
  ({ pk: `${prefixes.referral}${code}`, sk: sortKeys.referral }) as const;

/** Which referral was created for this owner, destination, label and target? */
export const claimKey = (claim: string) =>
  ({ pk: `${prefixes.claim}${claim}`, sk: 'CLAIM' }) as const;

/** What did this visitor do? */
export const visitorPartition = (visitor: Visitor) =>
  `${prefixes.visitor}${visitorName(visitor)}` as const;

/** Which response is this? A visitor's are in the order of time. */
export const responseKey = (visitor: Visitor, id: string) =>
  ({ pk: visitorPartition(visitor), sk: `${sortKeys.response}${id}` }) as const;

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

/** Index: which responses were recorded from a time on? It is in epoch milliseconds. */
export const firstIdOf = (time: number) => `${encodeTime(time, 10)}${'0'.repeat(16)}`;

/** Is this hour of the referral still to be counted? */
export const openHourKey = (code: string, hour: Hour) =>
  ({ pk: `${prefixes.referral}${code}`, sk: `OPEN#${hour}` }) as const;

/** How much was recorded of the referral in this hour? */
export const closedHourKey = (code: string, hour: Hour) =>
  ({ pk: `${prefixes.referral}${code}`, sk: `HOUR#${hour}` }) as const;

/** How much was recorded of the referral in all closed hours? */
export const totalKey = (code: string) =>
  ({ pk: `${prefixes.referral}${code}`, sk: 'TOTAL' }) as const;

/** Index: which hours are to be closed by now? All of them together. */
export const openPartitions = Array.from({ length: OPEN_PARTITIONS }, (_, n) => openPartition(n));

/** Index: among which open hours are those of a referral? */
export const openPartitionOf = (code: string) =>
  openPartition(Buffer.from(code).reduce((all, byte) => all + byte, 0) % OPEN_PARTITIONS);

/** Index: what comes first among open hours? What was due first. */
export const dueSortKey = (due: string, code: string, hour: Hour) =>
  `${due}#${code}#${hour}` as const;

function openPartition(n: number) {
  return `${prefixes.open}${n}` as const;
}

const lastTenBits = (ulid: string) =>
  CROCKFORD.indexOf(ulid.charAt(24)) * 32 + CROCKFORD.indexOf(ulid.charAt(25));

const responsePartition = (code: string, bucket: number) =>
  `${prefixes.referral}${code}#${bucket}` as const;

const visitorName = (visitor: Visitor) =>
  'userId' in visitor ? `user:${visitor.userId}` : visitor.session;
