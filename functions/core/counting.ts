import { decodeTime } from 'ulid';
import { type Counts, difference, newTally, noCounts, sum, type Tally, tally } from './counts.ts';
import {
  boundQuarters,
  endOf,
  type Hour,
  hourAt,
  type Quarters,
  quarterOf,
  startOf,
  sumOf,
  type Total,
} from './hours.ts';
import type { Referral } from './referral.ts';
import type { Using } from './services.ts';
import { addFingerprint, countedVisitors, type FingerprintsSeen } from './unique-visitors.ts';

/** A referral with its counts over all time. */
export type CountedReferral = Referral & Counts;

/** Services to count a referral. */
export type CountingServices = Using<
  'findReferral' | 'openHours' | 'readTotal' | 'readHour' | 'eachResponse'
>;

/**
 * Counts a referral: the total of its closed hours, plus the responses of its open hours. Open hours are
 * those after the latest closed hour, and earlier ones that are open again.
 */
export async function countReferral(
  services: CountingServices,
  { code, ...rest }: Referral,
): Promise<CountedReferral> {
  const { store } = services;
  // A referral from memory or from the index may be old, and have fewer buckets than now.
  const referral = (await store.findReferral(code)) ?? { code, ...rest };
  const openHours = await readOpenHours(services, code);
  const { total, reopened } = openHours;
  const [open, closed] = await Promise.all([
    countOpenHours(services, referral, openHours),
    Promise.all(reopened.map(async (hour) => (await store.readHour(code, hour)).closed)),
  ]);
  // These reads belong together but ran at several moments. No hour may have been closed between them.
  if (reopened.length > 0 && (await store.readTotal(code)).version !== total.version) {
    return countReferral(services, referral);
  }
  const before = closed.map(sumOf).reduce(sum, noCounts);
  return { ...referral, ...difference(sum(total.counts, sumOf(open)), before) };
}

/** Hours of a referral that are counted from its responses, because no closed hour has their counts. */
export interface OpenHours {
  readonly total: Total;
  /** All hours from this time on; epoch milliseconds. */
  readonly since: number;
  /** Hours before `since` that are open again. */
  readonly reopened: readonly Hour[];
}

/** Reads the open hours of a referral. */
export async function readOpenHours(
  { store }: Using<'openHours' | 'readTotal'>,
  code: string,
): Promise<OpenHours> {
  // Read the marks first: an hour that is closed in between is then in the total and in the closed hours.
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
 * Counts the responses of a referral's open hours from `from` until before `to`, in epoch milliseconds.
 * Reopened hours are counted whole, and so is the hour of `from`: what came before in it tells who is new.
 */
export async function countOpenHours(
  services: Using<'eachResponse'>,
  referral: Referral,
  { total, since, reopened }: OpenHours,
  from = 0,
  to = Number.POSITIVE_INFINITY,
): Promise<Quarters> {
  const counted = await Promise.all([
    countQuarters(services, referral, Math.max(startOf(hourAt(from)), since), to),
    ...reopened.map((hour) => countHour(services, referral, hour)),
  ]);
  const quarters = new Map(counted.flatMap((counts) => [...counts]));
  return boundQuarters(quarters, total.counts);
}

/** Counts the responses of an hour. */
export const countHour = (
  services: Using<'eachResponse'>,
  referral: Referral,
  hour: Hour,
): Promise<Quarters> => countQuarters(services, referral, startOf(hour), endOf(hour));

/** Counts responses from `from`, the start of an hour, until before `to`, in epoch milliseconds. */
export async function countQuarters(
  { store }: Using<'eachResponse'>,
  referral: Referral,
  from: number,
  to = Number.POSITIVE_INFINITY,
): Promise<Quarters> {
  const quarters = new Map<number, Tally>();
  const seen: FingerprintsSeen = new Map();
  if (from >= to) return quarters;
  const tallyOf = (quarter: number): Tally => {
    const counted = quarters.get(quarter) ?? newTally();
    quarters.set(quarter, counted);
    return counted;
  };
  await store.eachResponse(referral, from, to, (response) => {
    const quarter = quarterOf(decodeTime(response.id));
    tally(tallyOf(quarter), response);
    addFingerprint(seen, response, quarter);
  });
  for (const { quarter, as } of countedVisitors(seen)) tallyOf(quarter)[as] += 1;
  return quarters;
}
