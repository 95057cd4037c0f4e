import { findOwnReferral } from './create-referral.ts';
import type { Referral } from './referral.ts';
import type { Arrival } from './response.ts';
import type { Using } from './services.ts';
import type { Visitor } from './visitor.ts';

/** Services for attribution. `findRecentReferral` reads with the store's `findReferral`. */
export type AttributingServices = Using<
  'findSessionUser' | 'responsesOf' | 'findReferral' | 'readClaim',
  'findRecentReferral' | 'now',
  'attribution'
>;

/** The referral that gets credit for a visitor's actions, and the click that brought the visitor. */
export interface Attribution {
  readonly referral: Referral;
  /** Time of the click; ISO 8601, UTC. */
  readonly respondedAt: string;
  /** How the visitor arrived. */
  readonly via: Arrival | undefined;
  /** Whether the visitor was a user before the click; undefined if they are not known as a user. */
  readonly existingUser: boolean | undefined;
}

/** Number of a visitor's responses that are read. Visitors can record as many as they like. */
const MAX_RESPONSES = 200;

/**
 * Finds the referral that gets credit for a visitor's actions. It is the referral of the newest response
 * (or of the oldest, depending on `attribution.model`) that is no older than `attribution.window`. A user's
 * own referrals get no credit for that user's actions. Clicks of an owner or of a machine give no credit to
 * anybody.
 *
 * @param signedUpAt for the credit of a sign-up: a link that the user followed later did not bring them. A code
 *   that they typed later still counts. ISO 8601, UTC.
 * @returns undefined if no referral gets credit.
 */
export async function findAttribution(
  services: AttributingServices,
  visitor: Visitor,
  signedUpAt?: string,
): Promise<Attribution | undefined> {
  const { store, settings, now, findRecentReferral } = services;
  const { model, window, newUsersOnly } = settings.attribution;
  const userId =
    'userId' in visitor ? visitor.userId : (await store.findSessionUser(visitor.session))?.userId;
  const since = window === undefined ? 0 : now().getTime() - window * 1000;

  let own: Promise<Referral | undefined> | undefined;
  let read = 0;
  for await (const response of store.responsesOf(visitor, model === 'last' ? 'newest' : 'oldest')) {
    const { code, kind, referrerId, createdAt, via } = response;
    const isTooOld = Date.parse(createdAt) < since;
    if (isTooOld && model === 'last') return undefined;
    const respondedAt = response.respondedAt ?? createdAt;
    const isTooLate = signedUpAt !== undefined && respondedAt > signedUpAt && via !== 'typed';
    // A browser that the owner used may be somebody else's later.
    const isOwn = referrerId !== undefined && referrerId === userId;
    if (kind === 'human' && !isTooOld && !isTooLate && !isOwn) {
      if (userId !== undefined && signedUpAt === undefined)
        own ??= findOwnReferral(services, userId);
      // A user has their own link from sign-up on.
      const link = await own;
      const cameAt = signedUpAt ?? link?.signedUpAt ?? link?.createdAt;
      const existingUser = cameAt === undefined ? undefined : cameAt < respondedAt;
      if (!(newUsersOnly && existingUser)) {
        const referral = await findRecentReferral(code);
        return referral && { referral, respondedAt, via, existingUser };
      }
    }
    if (++read === MAX_RESPONSES) return undefined;
  }
  return undefined;
}
