import { Temporal } from 'temporal-polyfill';
import { countOpen } from './counting.ts';
import { type Counts, noCounts, sum } from './counts.ts';
import { hourAt, openSince, QUARTER, type Quarters, quarterOf, quartersBetween } from './hours.ts';
import type { Referral } from './referral.ts';
import type { Using } from './services.ts';

export const intervals = ['hour', 'day', 'month'] as const;
export type Interval = (typeof intervals)[number];

export interface StatsRange {
  /** Epoch milliseconds, multiples of a quarter of an hour. The end is not included. */
  readonly from: number;
  readonly to: number;
  readonly interval: Interval;
  /** IANA name of the time zone for days and months, such as `Europe/Berlin`. */
  readonly timeZone: string;
}

/** Counts of an interval. */
export interface StatsEntry {
  /** Start in epoch milliseconds. The first interval may start before the range. */
  readonly start: number;
  readonly counts: Counts;
}

export interface Stats {
  readonly range: StatsRange;
  readonly totals: Counts;
  /** All intervals of the range in order, including empty ones. */
  readonly series: readonly StatsEntry[];
  /** All responses before this time are counted; epoch milliseconds. */
  readonly countedUntil: number;
}

/** Services for stats. */
export type StatsServices = Using<'readCounts' | 'responsesBetween' | 'closedHours', 'now'>;

/**
 * Counts a referral over a range. Closed hours have stored counts; open hours are counted from the responses.
 */
export async function referralStats(
  services: StatsServices,
  referral: Referral,
  range: StatsRange,
): Promise<Stats> {
  const { countedUntil, ...counted } = await readQuarters(services, referral, range);
  const quarters = [...counted.quarters].sort(([a], [b]) => a - b).values();
  let { value: quarter } = quarters.next();
  const series: StatsEntry[] = [];
  for (const [start, end] of intervalsOf(range)) {
    let counts = noCounts;
    for (; quarter !== undefined && quarter[0] < end; { value: quarter } = quarters.next()) {
      counts = sum(counts, quarter[1]);
    }
    series.push({ start, counts });
  }
  const totals = series.map(({ counts }) => counts).reduce(sum, noCounts);
  return { range, totals, series, countedUntil };
}

/** The counts of each quarter of an hour in the range, without empty ones. */
async function readQuarters(
  services: StatsServices,
  found: Referral,
  { from, to }: StatsRange,
): Promise<{ quarters: Quarters; countedUntil: number }> {
  const { referral = found, ...state } = await services.store.readCounts(found.code);
  const since = openSince(state.total);
  const [closed, open] = await Promise.all([
    services.store.closedHours(found.code, from, Math.min(to, since)),
    countOpen(services, referral, state, { from, to }),
  ]);
  const recounted = new Set(open.recounted);
  // An hour that was closed meanwhile is counted as an open one.
  const stillClosed = closed
    .flatMap(({ quarters }) => [...quarters])
    .filter(([quarter]) => quarter < since && !recounted.has(hourAt(quarter)));
  return {
    quarters: quartersBetween(new Map([...stillClosed, ...open.quarters]), from, to),
    countedUntil: open.countedUntil,
  };
}

/** Start and end of each interval that overlaps the range. */
function* intervalsOf({ from, to, interval, timeZone }: StatsRange): Generator<[number, number]> {
  const step = { [`${interval}s`]: 1 };
  let start = floor(
    Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timeZone),
    interval,
  );
  while (start.epochMilliseconds < to) {
    const next = start.add(step);
    // A day does not begin at midnight everywhere, and not all days have the same number of hours.
    const end = interval === 'hour' ? next : next.startOfDay();
    yield [start.epochMilliseconds, end.epochMilliseconds];
    start = end;
  }
}

function floor(time: Temporal.ZonedDateTime, interval: Interval): Temporal.ZonedDateTime {
  if (interval === 'hour') return time.round({ smallestUnit: 'hour', roundingMode: 'floor' });
  return (interval === 'month' ? time.with({ day: 1 }) : time).startOfDay();
}

/** Widens a range to whole quarters of an hour, because counts are by quarter. */
export const wholeQuarters = (from: number, to: number) => ({
  from: quarterOf(from),
  to: Math.ceil(to / QUARTER) * QUARTER,
});
