import { decodeTime } from 'ulid';
import { boundActions, type Counts, noCounts, sum } from './counts.ts';
import type { Referral } from './referral.ts';

/** An hour of UTC. @example '2026-11-24T09' */
export type Hour = string;

/** Counts by the quarters of an hour, which is what the days of every time zone are made of. */
export type Quarters = ReadonlyMap<number, Counts>;

/** What is known of an hour of a referral at one moment. */
export interface HourState {
  readonly code: string;
  readonly hour: Hour;
  /** The mark that says that the hour is to be counted; undefined where there is none. */
  readonly mark: { readonly version: string; readonly due: string } | undefined;
  /** The counts from when the hour was closed before. */
  readonly closed: Quarters;
  readonly total: Total;
  readonly referral: Referral | undefined;
}

/** The sum of a referral's closed hours. */
export interface Total {
  /** Changes with every change; undefined before the first. */
  readonly version: string | undefined;
  /** The latest hour that was closed. */
  readonly through: Hour | undefined;
  readonly counts: Counts;
}

/** An hour as it was counted, and the total with it. */
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

/** The hour that a time in epoch milliseconds lies in. */
export const hourAt = (time: number): Hour => new Date(time).toISOString().slice(0, 13);

export const startOf = (hour: Hour): number => Date.parse(`${hour}:00:00Z`);
export const endOf = (hour: Hour): number => startOf(hour) + HOUR;

/** The beginning of the quarter of an hour that a time lies in; both in epoch milliseconds. */
export const quarterOf = (time: number): number => Math.floor(time / QUARTER) * QUARTER;

/** Whether responses of an hour may have been deleted at their retention: it is never counted again then. */
export const mayHaveExpired = (hour: Hour, now: Date, retention: number | undefined): boolean =>
  retention !== undefined && startOf(hour) + retention * 1000 < now.getTime() + DAY;

export const sumOf = (quarters: Quarters): Counts => [...quarters.values()].reduce(sum, noCounts);

/** Every quarter with no more names of actions than a referral may have. */
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
