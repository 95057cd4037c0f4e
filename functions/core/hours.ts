import { decodeTime } from 'ulid';
import { boundActions, type Counts, noCounts, sum } from './counts.ts';
import type { Referral } from './referral.ts';

/** An hour in UTC. @example '2026-11-24T09' */
export type Hour = string;

/** Counts for each quarter of an hour. The days of every time zone consist of whole quarters. */
export type Quarters = ReadonlyMap<number, Counts>;

/** The state of an hour of a referral at one moment. */
export interface HourState {
  readonly code: string;
  readonly hour: Hour;
  /** The mark that the hour must be counted; undefined if there is none. */
  readonly mark: { readonly version: string; readonly due: string } | undefined;
  /** The counts from the last time the hour was closed. */
  readonly closed: Quarters;
  readonly total: Total;
  readonly referral: Referral | undefined;
}

/** The sum of a referral's closed hours. */
export interface Total {
  /** New after every change; undefined before the first one. */
  readonly version: string | undefined;
  /** The latest closed hour. */
  readonly through: Hour | undefined;
  readonly counts: Counts;
}

/** The new counts of an hour, and the total that includes them. */
export interface ClosedHour {
  readonly state: HourState;
  readonly closed: Quarters;
  readonly total: Total;
}

const HOUR = 3_600_000;
export const QUARTER = HOUR / 4;
const DAY = 24 * HOUR;

/** The hour of a response, by its id. */
export const hourOf = (id: string): Hour => hourAt(decodeTime(id));

/** The hour that contains a time in epoch milliseconds. */
export const hourAt = (time: number): Hour => new Date(time).toISOString().slice(0, 13);

export const startOf = (hour: Hour): number => Date.parse(`${hour}:00:00Z`);
export const endOf = (hour: Hour): number => startOf(hour) + HOUR;

/** The start of the quarter of an hour that contains a time; both in epoch milliseconds. */
export const quarterOf = (time: number): number => Math.floor(time / QUARTER) * QUARTER;

/** Whether the retention may have deleted responses of an hour. Such an hour is never counted again. */
export const mayHaveExpired = (hour: Hour, now: Date, retention: number | undefined): boolean =>
  retention !== undefined && startOf(hour) + retention * 1000 < now.getTime() + DAY;

export const sumOf = (quarters: Quarters): Counts => [...quarters.values()].reduce(sum, noCounts);

/** Limits the action names of all quarters to the number that a referral may have. */
export function boundQuarters(quarters: Quarters, known: Iterable<string>): Quarters {
  const names = new Set(known);
  const bounded = new Map<number, Counts>();
  for (const [quarter, counts] of [...quarters].sort(([a], [b]) => a - b)) {
    const within = boundActions(counts, names);
    for (const name of within.actions.keys()) names.add(name);
    bounded.set(quarter, within);
  }
  return bounded;
}
