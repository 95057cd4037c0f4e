import { type Counts, difference, noCounts, sum } from './counts.ts';
import { unknownCode } from './errors.ts';
import { boundQuarters, countHour, countQuarters, readOpenHours, sumOf } from './hours.ts';
import { isCode, type Referral } from './referral.ts';
import type { Response } from './response.ts';
import type { Services } from './services.ts';
import type { Page, PageRequest } from './store.ts';

/** A referral with the counts of all its time. */
export type CountedReferral = Referral & Counts;

/**
 * Counts a referral: the total of its closed hours, and what was recorded since the latest of them, or in
 * earlier ones that are open again, counted from the responses.
 */
export async function countReferral(
  services: Services,
  { code, ...rest }: Referral,
): Promise<CountedReferral> {
  const { store } = services;
  // What is remembered or in the index may be from before the referral had as many buckets as it has.
  const referral = (await store.findReferral(code)) ?? { code, ...rest };
  const { total, since, reopened } = await readOpenHours(services, code);
  const [recent, closed, ...late] = await Promise.all([
    countQuarters(services, referral, since),
    Promise.all(reopened.map(async (hour) => (await store.readHour(code, hour)).closed)),
    ...reopened.map((hour) => countHour(services, referral, hour)),
  ]);
  // What belongs together was read at several moments: nothing may have been closed between them.
  if (reopened.length > 0 && (await store.readTotal(code)).version !== total.version) {
    return countReferral(services, referral);
  }
  const open = new Map([recent, ...late].flatMap((quarters) => [...quarters]));
  const counted = sumOf(boundQuarters(open, total.counts.actions.keys()));
  const before = closed.map(sumOf).reduce(sum, noCounts);
  return { ...referral, ...difference(sum(total.counts, counted), before) };
}

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
