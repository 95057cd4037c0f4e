import { decodeTime } from 'ulid';
import { type Counts, difference, newTally, noCounts, sum, type Tally, tally } from './counts.ts';
import {
  boundQuarters,
  endOf,
  type Hour,
  type Quarters,
  quarterOf,
  startOf,
  sumOf,
  type Total,
} from './hours.ts';
import type { Referral } from './referral.ts';
import type { Using } from './services.ts';

/** A referral with the counts of all its time. */
export type CountedReferral = Referral & Counts;

/** What counting a referral uses. */
export type CountingServices = Using<
  'findReferral' | 'openHours' | 'readTotal' | 'readHour' | 'eachResponse'
>;

/**
 * Counts a referral: the total of its closed hours, and what was recorded since the latest of them, or in
 * earlier ones that are open again, counted from the responses.
 */
export async function countReferral(
  services: CountingServices,
  { code, ...rest }: Referral,
): Promise<CountedReferral> {
  const { store } = services;
  // What is remembered or in the index may be from before the referral had as many buckets as it has.
  const referral = (await store.findReferral(code)) ?? { code, ...rest };
  const openHours = await readOpenHours(services, code);
  const { total, reopened } = openHours;
  const [open, closed] = await Promise.all([
    countOpenHours(services, referral, openHours),
    Promise.all(reopened.map(async (hour) => (await store.readHour(code, hour)).closed)),
  ]);
  // What belongs together was read at several moments: nothing may have been closed between them.
  if (reopened.length > 0 && (await store.readTotal(code)).version !== total.version) {
    return countReferral(services, referral);
  }
  const before = closed.map(sumOf).reduce(sum, noCounts);
  return { ...referral, ...difference(sum(total.counts, sumOf(open)), before) };
}

/** Which hours of a referral are counted from its responses, because no closed hour has their counts. */
export interface OpenHours {
  readonly total: Total;
  /** All hours from then on; epoch milliseconds. */
  readonly since: number;
  /** Hours from before that are open again. */
  readonly reopened: readonly Hour[];
}

/** Reads which hours of a referral are open. */
export async function readOpenHours(
  { store }: Using<'openHours' | 'readTotal'>,
  code: string,
): Promise<OpenHours> {
  // The marks first: an hour that is closed in between is then in the total, and among the closed ones.
  const open = await store.openHours(code);
  const total = await store.readTotal(code);
  const { through } = total;
  return {
    total,
    since: through === undefined ? 0 : endOf(through),
    reopened: open.filter((hour) => through !== undefined && hour <= through),
  };
}

/**
 * Counts the responses of a referral's open hours, from one time to before another, both in epoch
 * milliseconds. Reopened hours are counted whole.
 */
export async function countOpenHours(
  services: Using<'eachResponse'>,
  referral: Referral,
  { total, since, reopened }: OpenHours,
  from = 0,
  to = Number.POSITIVE_INFINITY,
): Promise<Quarters> {
  const counted = await Promise.all([
    countQuarters(services, referral, Math.max(from, since), to),
    ...reopened.map((hour) => countHour(services, referral, hour)),
  ]);
  const quarters = new Map(counted.flatMap((counts) => [...counts]));
  return boundQuarters(quarters, total.counts.actions.keys());
}

/** Counts the responses of an hour. */
export const countHour = (
  services: Using<'eachResponse'>,
  referral: Referral,
  hour: Hour,
): Promise<Quarters> => countQuarters(services, referral, startOf(hour), endOf(hour));

/** Counts responses from one time to before another, both in epoch milliseconds. */
export async function countQuarters(
  { store }: Using<'eachResponse'>,
  referral: Referral,
  from: number,
  to = Number.POSITIVE_INFINITY,
): Promise<Quarters> {
  const quarters = new Map<number, Tally>();
  if (from >= to) return quarters;
  await store.eachResponse(referral, from, to, (response) => {
    const quarter = quarterOf(decodeTime(response.id));
    const counted = quarters.get(quarter) ?? newTally();
    quarters.set(quarter, counted);
    tally(counted, response);
  });
  return quarters;
}
