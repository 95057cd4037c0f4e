import type { Referral } from './referral.ts';
import type { Using } from './services.ts';
import type { Visitor } from './visitor.ts';

/** What attribution uses. The store's `findReferral` is what `findRecentReferral` reads with. */
export type AttributingServices = Using<
  'findSessionUser' | 'responsesOf' | 'findReferral',
  'findRecentReferral' | 'now',
  'attribution'
>;

/**
 * Which referral a visitor's actions are credited to: that of the most recent response (or of the
 * earliest, by `attribution.model`), no older than `attribution.window`. A user's own referrals never
 * credit them.
 *
 * @returns undefined where none is to be credited.
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
