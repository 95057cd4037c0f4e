import pMap from 'p-map';
import { countHour } from './counting.ts';
import { difference, sum } from './counts.ts';
import {
  boundQuarters,
  type ClosedHour,
  endOf,
  type Hour,
  type HourState,
  mayHaveExpired,
  sumOf,
} from './hours.ts';
import type { Using } from './services.ts';

/**
 * Milliseconds to wait after the end of an hour, or after a late mark, before the hour is counted. The index
 * is eventually consistent and shows the whole hour by then. Differences between clocks don't matter then.
 */
const REST = 5 * 60_000;

const CLOSED_AT_ONCE = 10;

/** Services to open an hour. */
export type OpeningServices = Using<'putOpenHour', 'now' | 'newId', 'retention'>;

/** Services to close hours. */
type ClosingServices = Using<
  'dueHours' | 'readHour' | 'closeHour' | 'eachResponse',
  'now' | 'newId',
  'retention'
>;

/** Marks an hour as open: its counts may lack a response that was recorded in it. */
export async function openHour(
  { store, settings, now, newId }: OpeningServices,
  code: string,
  hour: Hour,
): Promise<void> {
  const at = now();
  if (mayHaveExpired(hour, at, settings.retention)) return;
  const due = new Date(Math.max(at.getTime(), endOf(hour)) + REST).toISOString();
  // Every mark has its own version, so that closing notices a mark that is set while it counts.
  await store.putOpenHour({ code, hour, due, version: newId(at) });
}

/**
 * Closes the hours that are due, as long as there is time.
 *
 * @returns the number of closed hours.
 * @throws AggregateError if some hours could not be closed, after the others are closed.
 */
export async function closeDueHours(
  services: ClosingServices,
  hasTime: () => boolean,
): Promise<number> {
  const closed = await pMap(
    dueHours(services, hasTime),
    ({ code, hour }) => closeHour(services, code, hour),
    { concurrency: CLOSED_AT_ONCE, stopOnError: false },
  );
  return closed.filter(Boolean).length;
}

async function* dueHours({ store, now }: ClosingServices, hasTime: () => boolean) {
  for await (const due of store.dueHours(now())) {
    if (!hasTime()) return;
    yield due;
  }
}

/**
 * Counts an open hour from its responses and closes it, unless it is marked again meanwhile.
 *
 * @returns whether it was closed.
 */
export async function closeHour(
  services: ClosingServices,
  code: string,
  hour: Hour,
): Promise<boolean> {
  for (;;) {
    const state = await services.store.readHour(code, hour);
    if (state.mark === undefined || new Date(state.mark.due) > services.now()) return false;
    const counted = await countAgain(services, state);
    // It fails if another hour of the referral was closed meanwhile, because that changed the total.
    if (await services.store.closeHour(counted)) return true;
  }
}

async function countAgain(services: ClosingServices, state: HourState): Promise<ClosedHour> {
  const { hour, referral, total } = state;
  const now = services.now();
  const keep = referral === undefined || mayHaveExpired(hour, now, services.settings.retention);
  const closed = keep
    ? state.closed
    : boundQuarters(await countHour(services, referral, hour), total.counts.actions.keys());
  const change = difference(sumOf(closed), sumOf(state.closed));
  return {
    state,
    closed,
    total: {
      version: services.newId(now),
      through: total.through !== undefined && total.through > hour ? total.through : hour,
      counts: sum(total.counts, change),
    },
  };
}
