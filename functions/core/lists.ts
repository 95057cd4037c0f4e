import { type CountedReferral, type CountingSeveralServices, countReferrals } from './counting.ts';
import { ownedReferral } from './owned-referral.ts';
import type { Response } from './response.ts';
import type { Using } from './services.ts';
import type { Page, PageRequest } from './store.ts';

/** A user's referrals, newest first. */
export async function listReferrals(
  services: CountingSeveralServices & Using<'listReferrals'>,
  userId: string,
  page: PageRequest,
): Promise<Page<CountedReferral>> {
  const { items, nextCursor } = await services.store.listReferrals(userId, page);
  return { items: await countReferrals(services, items), nextCursor };
}

/** Responses to one of the user's referrals, newest first. */
export async function listReferralResponses(
  services: Using<'findReferral' | 'listResponses'>,
  userId: string,
  code: string,
  page: PageRequest,
): Promise<Page<Response>> {
  return services.store.listResponses([await ownedReferral(services, userId, code)], page);
}

/**
 * Responses to all the user's referrals, newest first.
 *
 * @throws ReferralsError `too_many_referrals` if they are too many, or too busy, to be asked in time.
 */
export async function listResponses(
  { store }: Using<'allReferrals' | 'listResponses'>,
  userId: string,
  page: PageRequest,
): Promise<Page<Response>> {
  return store.listResponses(await store.allReferrals(userId), page);
}
