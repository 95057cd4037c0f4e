import { boundActions, type Counts, countNames, noCounts, sum } from './counts.ts';
import { countQuarters, endOf, type Hour, hourAt, isPast, sumOf } from './hours.ts';
import type { Referral } from './referral.ts';
import type { Services } from './services.ts';

/** A count that is not what the responses say. */
export interface Difference {
  readonly code: string;
  /** Undefined for the total, which is to be the sum of the hours. */
  readonly hour: Hour | undefined;
  readonly expected: Counts;
  readonly found: Counts;
}

/**
 * Counts a referral again from its responses and compares each closed hour with what it holds, and the
 * total with its hours. Hours that are open are still to be counted, and hours of which responses may be
 * gone can't be.
 *
 * @returns the differences; none where everything is as it should be.
 */
export async function recount(
  services: Services,
  referral: Referral,
): Promise<readonly Difference[]> {
  const { store, settings, now } = services;
  const { code } = referral;
  const total = await store.readTotal(code);
  const since = total.through === undefined ? 0 : endOf(total.through);
  const quarters = await countQuarters(services, referral, 0, since);
  const closed = new Map(
    (await store.closedHours(code, 0, since)).map(({ hour, quarters }) => [hour, sumOf(quarters)]),
  );
  // The marks last: what was recorded or closed while this looked is open, or was.
  const open = new Set(await store.openHours(code));
  if ((await store.readTotal(code)).version !== total.version) {
    return recount(services, referral);
  }
  const names = [...total.counts.actions.keys()];
  const counted = new Map<Hour, Counts>();
  for (const [quarter, counts] of quarters) {
    const hour = hourAt(quarter);
    counted.set(hour, sum(counted.get(hour) ?? noCounts, boundActions(counts, names)));
  }
  const differences: Difference[] = [];
  for (const hour of new Set([...counted.keys(), ...closed.keys()])) {
    if (open.has(hour) || isPast(hour, now(), settings.retention)) continue;
    const [expected, found] = [counted.get(hour) ?? noCounts, closed.get(hour) ?? noCounts];
    if (!isEqual(expected, found)) differences.push({ code, hour, expected, found });
  }
  const expected = [...closed.values()].reduce(sum, noCounts);
  if (!isEqual(expected, total.counts)) {
    differences.push({ code, hour: undefined, expected, found: total.counts });
  }
  return differences;
}

const isEqual = (a: Counts, b: Counts): boolean =>
  countNames.every((name) => a[name] === b[name]) &&
  [...a.actions.keys(), ...b.actions.keys()].every(
    (name) => (a.actions.get(name) ?? 0) === (b.actions.get(name) ?? 0),
  );
