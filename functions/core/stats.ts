import { Temporal } from 'temporal-polyfill';
import { countOpenHours, readOpenHours } from './counting.ts';
import { type Counts, noCounts, sum } from './counts.ts';
import { endOf, QUARTER, type Quarters, quarterOf, startOf } from './hours.ts';
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
}

/** Services for stats. */
export type StatsServices = Using<'openHours' | 'readTotal' | 'eachResponse' | 'closedHours'>;

/**
 * Counts a referral over a range. Closed hours have stored counts; open hours are counted from the responses.
 */
export async function referralStats(
  services: StatsServices,
  referral: Referral,
  range: StatsRange,
): Promise<Stats> {
  const counted = await readQuarters(services, referral, range);
  const quarters = [...counted].sort(([a], [b]) => a - b).values();
  let { value: quarter } = quarters.next();
  const series: StatsEntry[] = [];
  for (const [start, end] of intervalsOf(range)) {
    let counts = noCounts;
    for (; quarter !== undefined && quarter[0] < end; { value: quarter } = quarters.next()) {
      counts = sum(counts, quarter[1]);
    }
    series.push({ start, counts });
  }
  return { range, totals: series.map(({ counts }) => counts).reduce(sum, noCounts), series };
}

/** The counts of each quarter of an hour in the range, without empty ones. */
async function readQuarters(
  services: StatsServices,
  referral: Referral,
  { from, to }: StatsRange,
): Promise<Quarters> {
  const { reopened: all, ...openHours } = await readOpenHours(services, referral.code);
  const reopened = all.filter((hour) => startOf(hour) < to && endOf(hour) > from);
  const [closed, open] = await Promise.all([
    services.store.closedHours(referral.code, from, Math.min(to, openHours.since)),
    countOpenHours(services, referral, { ...openHours, reopened }, from, to),
  ]);
  const stillClosed = closed.filter(({ hour }) => !reopened.includes(hour));
  const counted = [...stillClosed.flatMap(({ quarters }) => [...quarters]), ...open];
  return new Map(counted.filter(([quarter]) => quarter >= from && quarter < to));
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
