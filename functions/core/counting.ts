import { decodeTime } from 'ulid';
import { countResponses, newCount } from './count-responses.ts';
import { type CountedResponse, type Counts, difference, noCounts, sum } from './counts.ts';
import {
  boundQuarters,
  type CountState,
  endOf,
  type Hour,
  hourStart,
  isReopened,
  LONGEST_IN_ITEM,
  type Mark,
  openSince,
  type Progress,
  type Quarters,
  quartersBetween,
  startOf,
  sumOf,
  type Total,
} from './hours.ts';
import type { Referral } from './referral.ts';
import type { Using } from './services.ts';

/** A referral with its counts over all time. */
export type CountedReferral = Referral &
  Counts & {
    /** All responses before this time are counted; epoch milliseconds. It is now, unless there are too many. */
    readonly countedUntil: number;
  };

/** Services to count a referral. */
export type CountingServices = CountingOpenServices &
  Using<'readCounts' | 'readTotal' | 'closedHours'>;

type CountingOpenServices = Using<'responsesBetween', 'now'>;

/** Open responses that one answer counts at most. More of them would take too long. */
const MOST_OPEN = 5_000;

/** A link of which an hour was closed within this time is a busy one; milliseconds. */
const RECENTLY = 2 * 3_600_000;

/** Reopened hours that one answer counts again at most. */
const MOST_REOPENED = 10;

/** Counts a referral: the total of its closed hours, plus the open ones, as far as they can be counted now. */
export async function countReferral(
  services: CountingServices,
  found: Referral,
  mostOpen = MOST_OPEN,
): Promise<CountedReferral> {
  const { store } = services;
  const { code } = found;
  // A referral from memory or from the index may be old, and have fewer buckets than now.
  const { referral = found, ...state } = await store.readCounts(code);
  const { total } = state;
  const { quarters, recounted, countedUntil } = await countOpen(services, referral, state, {
    mostOpen,
  });
  const before = await Promise.all(recounted.map((hour) => closedQuarters(services, code, hour)));
  // These reads belong together but ran at several moments. No hour may have been closed between them.
  if (recounted.length > 0 && (await store.readTotal(code)).version !== total.version) {
    return countReferral(services, referral, mostOpen);
  }
  const closed = before.map(sumOf).reduce(sum, noCounts);
  return {
    ...referral,
    ...difference(sum(total.counts, sumOf(quarters)), closed),
    countedUntil,
  };
}

/** Services to count several referrals. */
export type CountingSeveralServices = CountingServices & Using<'readAllCounts' | 'responsesSince'>;

/** Counts referrals, most of which have few open responses, in as few calls as possible. */
export async function countReferrals(
  services: CountingSeveralServices,
  referrals: readonly Referral[],
): Promise<readonly CountedReferral[]> {
  const { store } = services;
  const [only, ...others] = referrals;
  if (only === undefined) return [];
  if (others.length === 0) return [await countReferral(services, only)];
  const states = new Map(await store.readAllCounts(referrals.map(({ code }) => code)));
  const together = await readTogether(services, [...states.values()]);
  const read: CountingServices['store'] = {
    ...store,
    readCounts: async (code) => {
      const state = states.get(code) ?? (await store.readCounts(code));
      // If it turns out to be outdated, it is read again.
      states.delete(code);
      return state;
    },
    responsesBetween: async (referral, from, to, limit) => {
      const known = together.get(referral.code);
      return known?.from === from
        ? { responses: known.responses, until: to }
        : store.responsesBetween(referral, from, to, limit);
    },
  };
  const mostOpen = Math.ceil(MOST_OPEN / referrals.length);
  return Promise.all(
    referrals.map((referral) => countReferral({ ...services, store: read }, referral, mostOpen)),
  );
}

/** Reads the open responses of quiet links, if there are not too many, by the codes. */
async function readTogether(
  { store, now }: Using<'responsesSince', 'now'>,
  states: readonly CountState[],
): Promise<ReadonlyMap<string, { from: number; responses: readonly CountedResponse[] }>> {
  const time = now().getTime();
  const quiet = states.flatMap(({ referral, marks, total }) => {
    const from = openSince(total);
    if (referral?.buckets !== 1 || from > time - RECENTLY) return [];
    const marked = Math.min(time, ...marks.map(({ hour }) => startOf(hour)));
    // An open response is marked within a day, so there are none from before that.
    return [{ referral, from, first: Math.max(from, marked - LONGEST_IN_ITEM) }];
  });
  if (quiet.length < 2) return new Map();
  const since = Math.min(...quiet.map(({ first }) => first));
  const links = quiet.map(({ referral }) => referral);
  const found = await store.responsesSince(links, since, MOST_OPEN);
  return new Map(
    (found ? quiet : []).map(({ referral: { code }, from }) => {
      const responses = found?.get(code) ?? [];
      return [code, { from, responses: responses.filter(({ id }) => decodeTime(id) >= from) }];
    }),
  );
}

/** The counts of hours that are not closed, or have to be counted again. */
export interface OpenCounts {
  readonly quarters: Quarters;
  /** Closed hours that `quarters` has anew. */
  readonly recounted: readonly Hour[];
  /** All responses before this time are counted; epoch milliseconds. */
  readonly countedUntil: number;
}

/**
 * Counts the open hours of a referral from `from` until before `to`, in epoch milliseconds. Hours are counted from
 * their start, because earlier clicks tell who is new. What takes too long is left out.
 */
export async function countOpen(
  services: CountingOpenServices,
  referral: Referral,
  { marks, total }: Omit<CountState, 'referral'>,
  { from = 0, to = Number.POSITIVE_INFINITY, mostOpen = MOST_OPEN } = {},
): Promise<OpenCounts> {
  const reopened = marks.filter(
    ({ hour }) => isReopened(hour, total) && startOf(hour) < to && endOf(hour) > from,
  );
  const counted = await Promise.all([
    countLatest(services, referral, { marks, total }, { from, to, mostOpen }),
    ...reopened.map((mark, index) =>
      index < MOST_REOPENED
        ? recountHour(services, referral, mark, mostOpen)
        : { hour: mark.hour, quarters: undefined },
    ),
  ]);
  const [latest, ...again] = counted;
  const leftOut = again.filter(({ quarters }) => quarters === undefined);
  const recounted = again.filter(({ quarters }) => quarters !== undefined);
  const quarters = new Map(
    [latest, ...recounted].flatMap(({ quarters = new Map() }) => [...quarters]),
  );
  return {
    quarters: boundQuarters(quarters, total.counts),
    recounted: recounted.map(({ hour }) => hour),
    countedUntil: Math.min(latest.until, ...leftOut.map(({ hour }) => startOf(hour))),
  };
}

/** Counts everything after the latest closed hour. */
async function countLatest(
  services: CountingOpenServices,
  referral: Referral,
  { marks, total }: Pick<CountState, 'marks' | 'total'>,
  { from, to, mostOpen }: { from: number; to: number; mostOpen: number },
): Promise<{ quarters: Quarters; until: number }> {
  // What is counted of a later mark may lack a late response that the earliest one tells of.
  const earliest = marks.find(({ hour }) => !isReopened(hour, total));
  const progress = earliest && progressOf(earliest, total);
  // So many responses are counted step by step. The next step is not far.
  if (progress !== undefined) return progress;
  const start = Math.max(hourStart(from), openSince(total));
  const count = newCount();
  const now = services.now().getTime();
  if (start >= to) return { quarters: count.quarters, until: now };
  const { responses, until } = await services.store.responsesBetween(referral, start, to, mostOpen);
  countResponses(count, responses);
  return { quarters: count.quarters, until: until < to ? until : now };
}

/** How far the hour of a mark is counted; undefined if it is to be counted from its start. */
export const progressOf = ({ hour, progress }: Mark, total: Total): Progress | undefined =>
  progress &&
  hourStart(progress.until) === (isReopened(hour, total) ? startOf(hour) : openSince(total))
    ? progress
    : undefined;

/** Counts a reopened hour again; without quarters if it has too many responses. */
async function recountHour(
  { store }: Using<'responsesBetween'>,
  referral: Referral,
  { hour, progress }: Mark,
  most: number,
): Promise<{ hour: Hour; quarters: Quarters | undefined }> {
  const end = endOf(hour);
  if (progress) return { hour, quarters: undefined };
  const count = newCount();
  const { responses, until } = await store.responsesBetween(referral, startOf(hour), end, most);
  countResponses(count, responses);
  return { hour, quarters: until < end ? undefined : count.quarters };
}

/** The stored counts of an hour; none if it has no response. */
export async function closedQuarters(
  { store }: Using<'closedHours'>,
  code: string,
  hour: Hour,
): Promise<Quarters> {
  const [start, end] = [startOf(hour), endOf(hour)];
  const items = await store.closedHours(code, start, end);
  return new Map(items.flatMap(({ quarters }) => [...quartersBetween(quarters, start, end)]));
}
