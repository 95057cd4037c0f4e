import { Temporal } from 'temporal-polyfill';
import { ReferralsError } from '../core/errors.ts';
import type { Referral } from '../core/referral.ts';
import { type Interval, intervals, type StatsRange, wholeQuarters } from '../core/stats.ts';
import type { HttpEvent } from './http-handler.ts';

const HOUR = 3_600_000;
/** Entries of the longest series: 400 days by the hour. */
const MAX_ENTRIES = 400 * 24;
/** Milliseconds of the longest range by each interval; a month has 28 days at least. */
const MAX_RANGE: Record<Interval, number> = {
  hour: MAX_ENTRIES * HOUR,
  day: MAX_ENTRIES * 24 * HOUR,
  month: MAX_ENTRIES * 28 * 24 * HOUR,
};

/** The end of the year 9999, which is as far as times are written with four digits. */
const LATEST = Date.UTC(10_000, 0);

const refuse = (field: string, rule: string) =>
  new ReferralsError('invalid_query', `${field} must be ${rule}.`, { field });

/** What of a request for stats is read before the referral is known. */
export interface StatsQuery {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly interval: Interval;
  readonly timeZone: string;
}

/**
 * Reads `?from=`, `?to=`, `?interval=` and `?tz=`.
 *
 * @throws ReferralsError `invalid_query`.
 */
export function readStatsQuery({ queryStringParameters: query = {} }: HttpEvent): StatsQuery {
  const { interval = 'day', tz: timeZone = 'UTC' } = query;
  if (!isInterval(interval)) throw refuse('interval', `one of ${intervals.join(', ')}`);
  if (!isTimeZone(timeZone)) throw refuse('tz', 'a time zone such as Europe/Berlin');
  const read = (field: 'from' | 'to') =>
    query[field] === undefined ? undefined : readTime(field, query[field], timeZone);
  return { from: read('from'), to: read('to'), interval, timeZone };
}

/**
 * The range that is asked for; by default, from the creation of the referral to now.
 *
 * @throws ReferralsError `invalid_query` where it is reversed, or too long.
 */
export function statsRange(query: StatsQuery, { createdAt }: Referral, now: Date): StatsRange {
  const { interval, timeZone } = query;
  const range = wholeQuarters(query.from ?? Date.parse(createdAt), query.to ?? now.getTime());
  if (range.from >= range.to) {
    throw query.from === undefined
      ? refuse('to', 'after the referral was created')
      : refuse('from', 'before to');
  }
  if (range.to - range.from > MAX_RANGE[interval]) {
    const days = MAX_RANGE[interval] / (24 * HOUR);
    throw refuse('from', `at most ${days} days before to, where interval is ${interval}`);
  }
  return { ...range, interval, timeZone };
}

const isInterval = (value: string): value is Interval =>
  (intervals as readonly string[]).includes(value);

/** Whether it is a name; Temporal also takes offsets, and whole times. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][\w+/-]*$/.test(name)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

/** A time with its offset, or a date, which is when it begins in the time zone; in epoch milliseconds. */
function readTime(field: string, text: string, timeZone: string): number {
  try {
    const time = /^\d{4}-\d{2}-\d{2}$/.test(text)
      ? Temporal.PlainDate.from(text).toZonedDateTime(timeZone)
      : Temporal.Instant.from(text);
    if (time.epochMilliseconds >= 0 && time.epochMilliseconds < LATEST)
      return time.epochMilliseconds;
  } catch {
    // Falls through to the refusal below.
  }
  throw refuse(field, 'a time such as 2026-01-31T12:00:00Z, or a date such as 2026-01-31');
}
