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
 * Milliseconds for which an hour rests after it ended, or was marked late, before it is counted: by then
 * the index shows all of it, which is eventually consistent, and clocks that differ don't matter.
 */
const REST = 5 * 60_000;

const CLOSED_AT_ONCE = 10;

/** What opening an hour uses. */
export type OpeningServices = Using<'putOpenHour', 'now' | 'newId', 'retention'>;

/** What closing hours uses. */
type ClosingServices = Using<
  'dueHours' | 'readHour' | 'closeHour' | 'eachResponse',
  'now' | 'newId',
  'retention'
>;

/** Marks an hour as open: something was recorded in it that its counts may lack. */
export async function openHour(
  { store, settings, now, newId }: OpeningServices,
  code: string,
  hour: Hour,
): Promise<void> {
  const at = now();
  if (mayHaveExpired(hour, at, settings.retention)) return;
  const due = new Date(Math.max(at.getTime(), endOf(hour)) + REST).toISOString();
  // A version of its own for every mark, so that closing notices one that comes while it counts.
  await store.putOpenHour({ code, hour, due, version: newId(at) });
}

/**
 * Closes the hours that are to be closed by now, as long as there is time.
 *
 * @returns how many.
 * @throws AggregateError after the others, where some could not be closed.
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
 * Counts an open hour from its responses and closes it, unless it is marked anew meanwhile.
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
    // Where another hour of the referral was closed meanwhile, the total is another one.
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
