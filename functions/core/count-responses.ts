import { decodeTime } from 'ulid';
import { type CountedResponse, isFirstClick, newTally, type Tally, tally } from './counts.ts';
import { hasFingerprint } from './fingerprint.ts';
import { hourStart, type Quarters, quarterOf } from './hours.ts';
import type { Referral } from './referral.ts';
import type { Using } from './services.ts';
import { addVisitor, noVisitors, type Visitors } from './unique-visitors.ts';

/** Responses that are counted in the order of their ids. */
export interface Count {
  readonly quarters: Map<number, Tally>;
  /** The visitors of the hour that is being counted. */
  visitors: Visitors;
  /** The start of that hour, in epoch milliseconds. */
  hour: number;
}

export const newCount = (): Count => ({
  quarters: new Map(),
  visitors: noVisitors(),
  hour: 0,
});

/** Counts further responses. They must be sorted by id, and come after those that are counted already. */
export function countResponses(count: Count, responses: readonly CountedResponse[]): void {
  for (const response of responses) {
    const quarter = quarterOf(decodeTime(response.id));
    const counted = count.quarters.get(quarter) ?? newTally();
    count.quarters.set(quarter, counted);
    tally(counted, response);
    if (!isFirstClick(response) || !hasFingerprint(response)) continue;
    const hour = hourStart(quarter);
    if (hour !== count.hour) Object.assign(count, { hour, visitors: noVisitors() });
    const as = addVisitor(count.visitors, response);
    if (as !== undefined) counted[as] += 1;
  }
}

/** Counts all responses from `from`, the start of an hour, until before `to`, in epoch milliseconds. */
export async function countQuarters(
  { store }: Using<'responsesBetween'>,
  referral: Referral,
  from: number,
  to: number,
): Promise<Quarters> {
  const count = newCount();
  for (let until = from; until < to; ) {
    const slice = await store.responsesBetween(referral, until, to, SLICE);
    countResponses(count, slice.responses);
    until = slice.until;
  }
  return count.quarters;
}

/** Responses that are in memory at once while many are counted. */
export const SLICE = 20_000;
