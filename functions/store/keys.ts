import { encodeTime } from 'ulid';
import type { Hour } from '../core/hours.ts';
import type { Referral } from '../core/referral.ts';
import type { Visitor } from '../core/visitor.ts';
import { tableShape } from './table-shape.ts';

const { prefixes, sortKeys } = tableShape;

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Number of index partitions for the open hours of all referrals. */
const OPEN_PARTITIONS = 16;

/** Which referral has this code? */
export const referralKey = (code: string) =>
  ({ pk: `${prefixes.referral}${code}`, sk: sortKeys.referral }) as const;

/** Which referral was created for this owner, destination, label and target? */
export const claimKey = (claim: string) =>
  ({ pk: `${prefixes.claim}${claim}`, sk: 'CLAIM' }) as const;

/** How many referrals has this user created? */
export const createdReferralsKey = (userId: string) =>
  ({ pk: ownerPartition(userId), sk: 'REFERRALS' }) as const;

/** How many codes has this user chosen on this day? */
export const codeChoicesKey = (userId: string, day: string) =>
  ({ pk: ownerPartition(userId), sk: `CODES#${day}` }) as const;

/** What did this visitor do? */
export const visitorPartition = (visitor: Visitor) =>
  `${prefixes.visitor}${visitorName(visitor)}` as const;

/** Which response is this? A visitor's responses are sorted by time. */
export const responseKey = (visitor: Visitor, id: string) =>
  ({ pk: visitorPartition(visitor), sk: `${sortKeys.response}${id}` }) as const;

/** Which user was this session linked to? */
export const sessionUserKey = (session: string) =>
  ({ pk: visitorPartition({ session }), sk: 'USER' }) as const;

/** What are the deployment's keys? */
export const deploymentKey = (name: string) => ({ pk: `${prefixes.key}ALL`, sk: name }) as const;

/** Was this handoff exchanged? */
export const handoffKey = (id: string) =>
  ({ pk: `${prefixes.handoff}${id}`, sk: 'HANDOFF' }) as const;

/** What was the first answer to this visitor's key? */
export const idempotencyKey = (visitor: Visitor, key: string) =>
  ({ pk: `${prefixes.idempotency}${visitorName(visitor)}#${key}`, sk: 'IDEMPOTENCY' }) as const;

/** Index: which referrals does this user own, by time? */
export const ownerPartition = (userId: string) => `${prefixes.owner}${userId}` as const;

/** Index: which responses does this referral have since a time in epoch milliseconds? All its buckets together. */
export function responsePartitions({ code, buckets, widerBefore = [] }: Referral, since = 0) {
  const wider = widerBefore.filter(({ until }) => until > since).map(({ buckets }) => buckets);
  const length = Math.max(buckets, ...wider);
  return Array.from({ length }, (_, bucket) => responsePartition(code, bucket));
}

/** Index: which bucket of its referral holds a response? It is the same at every retry of the write. */
export const responsePartitionOf = (code: string, id: string, buckets: number) =>
  responsePartition(code, lastTenBits(id) % buckets);

/** Index: which responses were recorded since a time in epoch milliseconds? */
export const firstIdOf = (time: number) => `${encodeTime(time, 10)}${'0'.repeat(16)}`;

/** Must the referral still be counted up to the end of this hour? */
export const openHourKey = (code: string, hour: Hour) =>
  ({ pk: `${prefixes.referral}${code}`, sk: `OPEN#${hour}` }) as const;

/** What are the referral's counts in this hour, and in the hours before it that have no item of their own? */
export const closedHourKey = (code: string, hour: Hour) =>
  ({ pk: `${prefixes.referral}${code}`, sk: `HOUR#${hour}` }) as const;

/** What are the referral's counts in all closed hours? */
export const totalKey = (code: string) =>
  ({ pk: `${prefixes.referral}${code}`, sk: 'TOTAL' }) as const;

/** Which visitors were counted in this step? */
export const visitorsKey = (id: string, item: number) =>
  ({ pk: `${prefixes.counted}${id}#${item}`, sk: 'VISITORS' }) as const;

/** Index: which hours are due? All partitions together. */
export const openPartitions = Array.from({ length: OPEN_PARTITIONS }, (_, n) => openPartition(n));

/** Index: which partition holds the open hours of a referral? */
export const openPartitionOf = (code: string) =>
  openPartition(Buffer.from(code).reduce((all, byte) => all + byte, 0) % OPEN_PARTITIONS);

/** Index: which open hour comes first? The one that was due first. */
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
