import { countQuarters } from './count-responses.ts';
import {
  actionCountNames,
  boundActions,
  type Counts,
  countNames,
  noCounts,
  sum,
} from './counts.ts';
import { endOf, type Hour, hourAt, mayHaveExpired } from './hours.ts';
import { type MarkingServices, reopenHour } from './marks.ts';
import type { Referral } from './referral.ts';
import type { Using } from './services.ts';

/** Services to count again. */
export type RecountingServices = Using<
  'readTotal' | 'closedHours' | 'readCounts' | 'responsesBetween',
  'now',
  'retention'
>;

/** Services to repair counts. */
export type RepairingServices = Pick<MarkingServices, 'settings'> &
  Using<'reopenHour' | 'readTotal' | 'closedHours' | 'replaceTotal', 'now' | 'newId'>;

/** Counts that are wrong. */
export interface Difference {
  readonly code: string;
  /** Undefined for the total, which must be the sum of the hours. */
  readonly hour: Hour | undefined;
  readonly expected: Counts;
  readonly found: Counts;
}

/**
 * Counts a referral again from its responses. It compares the stored counts of each closed hour with the
 * new ones, and the total with the sum of the closed hours. It skips open hours, which are still to be
 * counted, and hours whose responses may be deleted.
 *
 * @returns the differences; none if all counts are right.
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
  // Read the marks last: an hour that changed meanwhile is open, or was closed, which changed the total.
  const { marks, total: latest } = await store.readCounts(code);
  const open = new Set(marks.map(({ hour }) => hour));
  if (latest.version !== total.version) {
    return recount(services, referral);
  }
  const counted = new Map<Hour, Counts>();
  for (const [quarter, counts] of quarters) {
    const hour = hourAt(quarter);
    counted.set(hour, sum(counted.get(hour) ?? noCounts, boundActions(counts, total.counts)));
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
 * Repairs a difference. It marks an hour as open, so that closing counts it again and adds the difference to
 * the total. It replaces a total by the sum of the closed hours.
 */
export async function repair(
  services: RepairingServices,
  { code, hour }: Difference,
): Promise<void> {
  if (hour !== undefined) return reopenHour(services, code, hour);
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

/** The counts of all closed hours, including hours that the total does not include. */
async function closedHours({ store, now }: Using<'closedHours', 'now'>, code: string) {
  const items = await store.closedHours(code, 0, now().getTime());
  const hours = new Map<Hour, Counts>();
  for (const [quarter, counts] of items.flatMap(({ quarters }) => [...quarters])) {
    const hour = hourAt(quarter);
    hours.set(hour, sum(hours.get(hour) ?? noCounts, counts));
  }
  return hours;
}

const totalOf = (closed: ReadonlyMap<Hour, Counts>): Counts =>
  [...closed.values()].reduce(sum, noCounts);

/** The latest closed hour. */
const lastOf = (closed: ReadonlyMap<Hour, Counts>, through: Hour | undefined): Hour | undefined =>
  [...closed.keys(), ...(through === undefined ? [] : [through])].sort().at(-1);

const isEqual = (a: Counts, b: Counts): boolean =>
  countNames.every((name) => a[name] === b[name]) &&
  actionCountNames.every((actions) =>
    [...a[actions].keys(), ...b[actions].keys()].every(
      (name) => (a[actions].get(name) ?? 0) === (b[actions].get(name) ?? 0),
    ),
  );
