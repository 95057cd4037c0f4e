import { Temporal } from 'temporal-polyfill';
import * as v from 'valibot';
import { allActions, type Counts, countNames } from '../core/counts.ts';
import { ReferralsError } from '../core/errors.ts';
import type { Referral } from '../core/referral.ts';
import {
  type Interval,
  intervals,
  type Stats,
  type StatsRange,
  wholeQuarters,
} from '../core/stats.ts';
import { count, timestamp } from '../validation/schemas.ts';

const HOUR = 3_600_000;
/** Maximum number of entries in a series: 400 days by hour. */
const MAX_ENTRIES = 400 * 24;
/** The longest range for each interval, in milliseconds. A month has at least 28 days. */
const MAX_RANGE: Record<Interval, number> = {
  hour: MAX_ENTRIES * HOUR,
  day: MAX_ENTRIES * 24 * HOUR,
  month: MAX_ENTRIES * 28 * 24 * HOUR,
};

/** The end of 9999, the last year with four digits. */
const LATEST = Date.UTC(10_000, 0);

const TIME_RULE = 'must be a time such as 2026-01-31T12:00:00Z, or a date such as 2026-01-31';

const timeOrDate = v.exactOptional(
  v.pipe(
    v.string(),
    v.check((text) => epochOf(text, 'UTC') !== undefined, TIME_RULE),
  ),
);

/** Query of `GET /referrals/{code}/stats`. */
export const statsQuery = v.object({
  interval: v.optional(v.picklist(intervals, `must be one of ${intervals.join(', ')}`), 'day'),
  tz: v.optional(
    v.pipe(v.string(), v.check(isTimeZone, 'must be a time zone such as Europe/Berlin')),
    'UTC',
  ),
  from: timeOrDate,
  to: timeOrDate,
});

/**
 * The requested range. The default is from the creation of the referral to now.
 *
 * @throws ReferralsError `invalid_query` if the range is reversed or too long.
 */
export function statsRange(
  { interval, tz, ...query }: v.InferOutput<typeof statsQuery>,
  { createdAt }: Referral,
  now: Date,
): StatsRange {
  const read = (field: 'from' | 'to') => {
    const text = query[field];
    if (text === undefined) return undefined;
    // The start of a date may be out of bounds in some time zones only.
    return epochOf(text, tz) ?? refuse(field, TIME_RULE);
  };
  const range = wholeQuarters(read('from') ?? Date.parse(createdAt), read('to') ?? now.getTime());
  if (range.from >= range.to) {
    return query.from === undefined
      ? refuse('to', 'must be after the referral was created')
      : refuse('from', 'must be before to');
  }
  if (range.to - range.from > MAX_RANGE[interval]) {
    const days = MAX_RANGE[interval] / (24 * HOUR);
    return refuse('from', `must be at most ${days} days before to, if interval is ${interval}`);
  }
  return { ...range, interval, timeZone: tz };
}

function refuse(field: string, rule: string): never {
  throw new ReferralsError('invalid_query', `${field} ${rule}.`, { field });
}

/** Whether it is the name of a time zone. Temporal also accepts offsets and whole times. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][\w+/-]*$/.test(name)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

/** Epoch milliseconds of a time with an offset, or of a date's start in a time zone; else undefined. */
function epochOf(text: string, timeZone: string): number | undefined {
  try {
    const { epochMilliseconds } = /^\d{4}-\d{2}-\d{2}$/.test(text)
      ? Temporal.PlainDate.from(text).toZonedDateTime(timeZone)
      : Temporal.Instant.from(text);
    return epochMilliseconds >= 0 && epochMilliseconds < LATEST ? epochMilliseconds : undefined;
  } catch {
    return undefined;
  }
}

const countEntries = {
  ...(Object.fromEntries(countNames.map((name) => [name, count])) as Record<
    (typeof countNames)[number],
    typeof count
  >),
  actions: v.record(v.string(), count),
  trustedActions: v.record(v.string(), count),
};

/** Counts of a range as seen by the owner of the link. */
export const rangeCounts = v.strictObject(countEntries);

/** Counts of an interval in a range. */
export const intervalCounts = v.strictObject({ start: timestamp, ...countEntries });

/** Stats as seen by the owner of the link. */
export const stats = v.strictObject({
  from: timestamp,
  to: timestamp,
  interval: v.picklist(intervals),
  timeZone: v.string(),
  totals: rangeCounts,
  series: v.array(intervalCounts),
  countedUntil: timestamp,
});

/** Shows stats to the owner of the link. */
export const showStats = ({
  range,
  totals,
  series,
  countedUntil,
}: Stats): v.InferInput<typeof stats> => ({
  from: new Date(range.from).toISOString(),
  to: new Date(range.to).toISOString(),
  interval: range.interval,
  timeZone: range.timeZone,
  totals: showCounts(totals),
  series: series.map(({ start, counts }) => ({
    start: new Date(start).toISOString(),
    ...showCounts(counts),
  })),
  countedUntil: new Date(countedUntil).toISOString(),
});

const showCounts = (counts: Counts) => {
  const { trustedActions, pageActions: _, ...numbers } = counts;
  return {
    ...numbers,
    actions: showActions(allActions(counts)),
    trustedActions: showActions(trustedActions),
  };
};

const showActions = (actions: ReadonlyMap<string, number>) =>
  Object.fromEntries([...actions].filter(([, count]) => count !== 0));
