import { decodeTime } from 'ulid';
import { boundActions, type Counts, newTally, noCounts, sum, type Tally, tally } from './counts.ts';
import type { Referral } from './referral.ts';
import type { Services } from './services.ts';

/** An hour of UTC. @example '2026-11-24T09' */
export type Hour = string;

/** Counts by the quarters of an hour, which is what the days of every time zone are made of. */
export type Quarters = ReadonlyMap<number, Counts>;

/** What is known of an hour of a referral at one moment. */
export interface HourState {
  readonly code: string;
  readonly hour: Hour;
  /** Of the mark that says that the hour is to be counted; undefined where there is none. */
  readonly mark: { readonly version: string; readonly due: string } | undefined;
  /** As counted when the hour was closed before. */
  readonly closed: Quarters;
  readonly total: Total;
  readonly referral: Referral | undefined;
}

/** The sum of a referral's closed hours. */
export interface Total {
  /** Another one after every change; undefined before the first. */
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

/** Whether responses of an hour may have been deleted at their retention: it is never counted again then. */
export const mayHaveExpired = (hour: Hour, now: Date, retention: number | undefined): boolean =>
  retention !== undefined && startOf(hour) + retention * 1000 < now.getTime() + DAY;

/** The counts of an hour, from its responses. */
export const countHour = (services: Services, referral: Referral, hour: Hour): Promise<Quarters> =>
  countQuarters(services, referral, startOf(hour), endOf(hour));

/** Counts responses from one time to before another, both in epoch milliseconds. */
export async function countQuarters(
  { store }: Services,
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

/** The beginning of the quarter of an hour that a time lies in; both in epoch milliseconds. */
export const quarterOf = (time: number): number => Math.floor(time / QUARTER) * QUARTER;

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

/** What of a referral is counted from its responses, because no hour that is closed has it. */
export interface OpenHours {
  readonly total: Total;
  /** From then on; epoch milliseconds. */
  readonly since: number;
  /** Hours from before that are open again. */
  readonly reopened: readonly Hour[];
}

/** Reads which hours of a referral are open. */
export async function readOpenHours({ store }: Services, code: string): Promise<OpenHours> {
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
