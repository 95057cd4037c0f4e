import { decodeTime } from 'ulid';
import { boundActions, type Counts, noCounts, sum } from './counts.ts';
import type { Referral } from './referral.ts';

/** An hour in UTC. @example '2026-11-24T09' */
export type Hour = string;

/** Counts for each quarter of an hour. The days of every time zone consist of whole quarters. */
export type Quarters = ReadonlyMap<number, Counts>;

/** The mark that the responses of a referral must be counted up to the end of an hour. */
export interface Mark {
  readonly hour: Hour;
  /** ISO 8601, UTC. The mark is left alone before this time. */
  readonly due: string;
  /** New whenever the mark is set, so also when a response came late. */
  readonly version: string;
  /** How far it is counted, if that takes several steps. */
  readonly progress?: Progress | undefined;
}

/** How far an hour with very many responses is counted. */
export interface Progress {
  /** New after every step. */
  readonly id: string;
  /** All earlier responses of the hour are counted; epoch milliseconds. */
  readonly until: number;
  readonly quarters: Quarters;
  /** The visitors that were counted, as parts that the store keeps. */
  readonly visitors: readonly VisitorsPart[];
}

/** A stored part of an hour's visitors. */
export interface VisitorsPart {
  readonly id: string;
  /** Number of items. */
  readonly items: number;
}

/** What is stored of a referral's counts, without the single hours. */
export interface CountState {
  readonly referral: Referral | undefined;
  /** Sorted by their hours. */
  readonly marks: readonly Mark[];
  readonly total: Total;
}

/** The sum of a referral's closed hours. */
export interface Total {
  /** New after every change; undefined before the first one. */
  readonly version: string | undefined;
  /** The latest closed hour. All hours before it are closed, too. */
  readonly through: Hour | undefined;
  readonly counts: Counts;
}

/** Closed hours in one item, under the last of them. There is nothing in hours that it does not have. */
export interface ClosedHours {
  readonly hour: Hour;
  /** Of at most `LONGEST_IN_ITEM` before the end of `hour`. */
  readonly quarters: Quarters;
}

const HOUR = 3_600_000;
export const QUARTER = HOUR / 4;
const DAY = 24 * HOUR;

/**
 * The longest time that responses wait until they are counted and closed, in milliseconds. Closing costs more than
 * a click, and reading a few open responses costs next to nothing, so the responses of a quiet link wait for others.
 */
export const LONGEST_OPEN = 7 * DAY;

/**
 * The longest time by which the hours of an item come before its own; milliseconds. A response may be marked when the
 * stream is up to a day late, with the others of that time.
 */
export const LONGEST_IN_ITEM = LONGEST_OPEN + DAY;

/** The hour of a response, by its id. */
export const hourOf = (id: string): Hour => hourAt(decodeTime(id));

/** The hour that contains a time in epoch milliseconds. */
export const hourAt = (time: number): Hour => new Date(time).toISOString().slice(0, 13);

export const startOf = (hour: Hour): number => Date.parse(`${hour}:00:00Z`);
export const endOf = (hour: Hour): number => startOf(hour) + HOUR;

/** The start of the hour that contains a time; both in epoch milliseconds. */
export const hourStart = (time: number): number => Math.floor(time / HOUR) * HOUR;

/** The start of the quarter of an hour that contains a time; both in epoch milliseconds. */
export const quarterOf = (time: number): number => Math.floor(time / QUARTER) * QUARTER;

/** Whether the retention may have deleted responses of an hour. Such an hour is never counted again. */
export const mayHaveExpired = (hour: Hour, now: Date, retention: number | undefined): boolean =>
  startOf(hour) < firstKept(now, retention);

/** The time from which on no response may have been deleted; epoch milliseconds. */
export const firstKept = (now: Date, retention: number | undefined): number =>
  retention === undefined ? 0 : now.getTime() + DAY - retention * 1000;

/** The time from which on responses are not in the closed hours; epoch milliseconds. */
export const openSince = ({ through }: Total): number =>
  through === undefined ? 0 : endOf(through);

/** Whether an hour was closed before, so that its mark says that responses came late. */
export const isReopened = (hour: Hour, { through }: Total): boolean =>
  through !== undefined && hour <= through;

export const sumOf = (quarters: Quarters): Counts => [...quarters.values()].reduce(sum, noCounts);

/** The quarters from `from` until before `to`, in epoch milliseconds. */
export const quartersBetween = (quarters: Quarters, from: number, to: number): Quarters =>
  new Map([...quarters].filter(([quarter]) => quarter >= from && quarter < to));

/** Limits the action names of all quarters to the number that a referral may have. */
export function boundQuarters(quarters: Quarters, known: Counts): Quarters {
  let names = known;
  const bounded = new Map<number, Counts>();
  for (const [quarter, counts] of [...quarters].sort(([a], [b]) => a - b)) {
    const within = boundActions(counts, names);
    names = sum(names, within);
    bounded.set(quarter, within);
  }
  return bounded;
}
