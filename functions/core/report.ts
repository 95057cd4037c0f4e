import { boundActions, type Counts, difference, noCounts, sum } from './counts.ts';
import { unknownCode } from './errors.ts';
import { countHour, countQuarters, endOf, sumOf } from './hours.ts';
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
  referral: Referral,
): Promise<CountedReferral> {
  const { total, reopened } = await readTotal(services, referral.code);
  const since = total.through === undefined ? 0 : endOf(total.through);
  const counted = await Promise.all([
    countQuarters(services, referral, since),
    ...reopened.map(({ hour }) => countHour(services, referral, hour)),
  ]);
  const names = total.counts.actions.keys();
  const open = boundActions(counted.map(sumOf).reduce(sum), names);
  const before = reopened.map(({ closed }) => sumOf(closed)).reduce(sum, noCounts);
  return { ...referral, ...difference(sum(total.counts, open), before) };
}

/** A total, and the hours in it that are open again, with the counts that it holds of them. */
async function readTotal({ store }: Services, code: string) {
  for (;;) {
    // The marks first: an hour that is closed in between is then in the total.
    const open = await store.openHours(code);
    const total = await store.readTotal(code);
    const reopened = await Promise.all(
      open
        .filter((hour) => total.through !== undefined && hour <= total.through)
        .map(async (hour) => ({ hour, closed: (await store.readHour(code, hour)).closed })),
    );
    // What belongs together was read at several moments: nothing may have been closed between them.
    const unchanged =
      reopened.length === 0 || (await store.readTotal(code)).version === total.version;
    if (unchanged) return { total, reopened };
  }
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
