import { unknownCode } from './errors.ts';
import { isCode, type Referral } from './referral.ts';
import type { Response } from './response.ts';
import type { Services } from './services.ts';
import type { Counts, Page, PageRequest } from './store.ts';

/** A referral with its counts. */
export type CountedReferral = Referral & Counts;

export const countReferral = async (
  { store }: Services,
  referral: Referral,
): Promise<CountedReferral> => ({ ...referral, ...(await store.countClicks(referral)) });

/** A user's referrals, newest first. */
export async function listReferrals(
  services: Services,
  userId: string,
  page: PageRequest,
): Promise<Page<CountedReferral>> {
  const { items, nextCursor } = await services.store.listReferrals(userId, page);
  return {
    items: await Promise.all(items.map((referral) => countReferral(services, referral))),
    nextCursor,
  };
}

/**
 * A user's referral by its code.
 *
 * @throws ReferralsError `unknown_code`, also where it is someone else's.
 */
export async function ownedReferral(
  { store }: Services,
  userId: string,
  code: string,
): Promise<Referral> {
  const referral = isCode(code) ? await store.findReferral(code) : undefined;
  if (referral?.userId !== userId) throw unknownCode();
  return referral;
}

/** Responses to one of the user's referrals, newest first. */
export async function listReferralResponses(
  services: Services,
  userId: string,
  code: string,
  page: PageRequest,
): Promise<Page<Response>> {
  return services.store.listResponses([await ownedReferral(services, userId, code)], page);
}

/** Responses to all the user's referrals, newest first. */
export async function listResponses(
  { store }: Services,
  userId: string,
  page: PageRequest,
): Promise<Page<Response>> {
  return store.listResponses(await store.allReferrals(userId), page);
}
