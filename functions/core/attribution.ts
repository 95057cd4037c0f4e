import type { Referral } from './referral.ts';
import type { Using } from './services.ts';
import type { Visitor } from './visitor.ts';

/** Services for attribution. `findRecentReferral` reads with the store's `findReferral`. */
export type AttributingServices = Using<
  'findSessionUser' | 'responsesOf' | 'findReferral',
  'findRecentReferral' | 'now',
  'attribution'
>;

/**
 * Finds the referral that gets credit for a visitor's actions. It is the referral of the newest response
 * (or of the oldest, depending on `attribution.model`) that is no older than `attribution.window`. A user's
 * own referrals get no credit for that user's actions.
 *
 * @returns undefined if no referral gets credit.
 */
export async function attributedReferral(
  services: AttributingServices,
  visitor: Visitor,
): Promise<Referral | undefined> {
  const { store, settings, now, findRecentReferral } = services;
  const { model, window } = settings.attribution;
  const userId =
    'userId' in visitor ? visitor.userId : await store.findSessionUser(visitor.session);
  const since = window === undefined ? 0 : now().getTime() - window * 1000;

  for await (const response of store.responsesOf(visitor, model === 'last' ? 'newest' : 'oldest')) {
    const tooOld = Date.parse(response.createdAt) < since;
    if (tooOld && model === 'last') return undefined;
    const own = response.referrerId !== undefined && response.referrerId === userId;
    if (!tooOld && !own) return findRecentReferral(response.code);
  }
  return undefined;
}
