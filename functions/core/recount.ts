import { type OpeningServices, openHour } from './closing.ts';
import { countQuarters } from './counting.ts';
import { boundActions, type Counts, countNames, noCounts, sum } from './counts.ts';
import { endOf, type Hour, hourAt, mayHaveExpired, sumOf } from './hours.ts';
import type { Referral } from './referral.ts';
import type { Using } from './services.ts';

/** What counting again uses. */
export type RecountingServices = Using<
  'readTotal' | 'closedHours' | 'openHours' | 'eachResponse',
  'now',
  'retention'
>;

/** What repairing uses. */
export type RepairingServices = OpeningServices &
  Using<'readTotal' | 'closedHours' | 'replaceTotal'>;

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
  services: RecountingServices,
  referral: Referral,
): Promise<readonly Difference[]> {
  const { store, settings, now } = services;
  const { code } = referral;
  const total = await store.readTotal(code);
  const closed = await closedHours(services, code);
  const last = lastOf(closed, total.through);
  const quarters = await countQuarters(services, referral, 0, last === undefined ? 0 : endOf(last));
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
    if (open.has(hour) || mayHaveExpired(hour, now(), settings.retention)) continue;
    const [expected, found] = [counted.get(hour) ?? noCounts, closed.get(hour) ?? noCounts];
    if (!isEqual(expected, found)) differences.push({ code, hour, expected, found });
  }
  const expected = totalOf(closed);
  if (!isEqual(expected, total.counts)) {
    differences.push({ code, hour: undefined, expected, found: total.counts });
  }
  return differences;
}

/**
 * Repairs a difference: an hour is marked as open, so that it is counted anew when it is closed again, and
 * a total becomes the sum of its hours, which closing changes by what an hour has then that it had not.
 */
export async function repair(
  services: RepairingServices,
  { code, hour }: Difference,
): Promise<void> {
  if (hour !== undefined) return openHour(services, code, hour);
  const { store, now, newId } = services;
  for (let repaired = false; !repaired; ) {
    const { version, through } = await store.readTotal(code);
    const closed = await closedHours(services, code);
    repaired = await store.replaceTotal(code, version, {
      version: newId(now()),
      through: lastOf(closed, through),
      counts: totalOf(closed),
    });
  }
}

/** What all closed hours hold, those too that a total has not heard of. */
async function closedHours({ store, now }: Using<'closedHours', 'now'>, code: string) {
  const hours = await store.closedHours(code, 0, now().getTime());
  return new Map(hours.map(({ hour, quarters }) => [hour, sumOf(quarters)]));
}

const totalOf = (closed: ReadonlyMap<Hour, Counts>): Counts =>
  [...closed.values()].reduce(sum, noCounts);

/** The latest hour that is closed. */
const lastOf = (closed: ReadonlyMap<Hour, Counts>, through: Hour | undefined): Hour | undefined =>
  [...closed.keys(), ...(through === undefined ? [] : [through])].sort().at(-1);

const isEqual = (a: Counts, b: Counts): boolean =>
  countNames.every((name) => a[name] === b[name]) &&
  [...a.actions.keys(), ...b.actions.keys()].every(
    (name) => (a.actions.get(name) ?? 0) === (b.actions.get(name) ?? 0),
  );
