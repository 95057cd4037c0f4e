import { endOf, type Hour, hourAt, LONGEST_OPEN, mayHaveExpired, startOf } from './hours.ts';
import type { Using } from './services.ts';

/**
 * Milliseconds until responses may be counted. The index is eventually consistent and shows them by then.
 * Differences between clocks don't matter then.
 */
export const REST = 5 * 60_000;

/** Services to mark hours. */
export type MarkingServices = Using<
  'openHour' | 'reopenHour' | 'openHours',
  'now' | 'newId',
  'retention'
>;

/** The time from which on everything up to the end of an hour may be counted. */
export const dueAt = (hour: Hour): number => endOf(hour) + REST;

/**
 * Marks that the responses of a referral must be counted up to the end of an hour, unless they are to be counted
 * as early already.
 *
 * @param due epoch milliseconds; when the hour is over by default.
 */
export async function openHour(
  { store, now, newId }: Using<'openHour', 'now' | 'newId'>,
  code: string,
  hour: Hour,
  due = dueAt(hour),
): Promise<void> {
  const version = newId(now());
  await store.openHour(code, { hour, due: new Date(due).toISOString(), version });
}

/** Marks an hour that may have been counted without a response that came late. It is counted again. */
export async function reopenHour(
  { store, settings, now, newId }: Using<'reopenHour', 'now' | 'newId', 'retention'>,
  code: string,
  hour: Hour,
): Promise<void> {
  const at = now();
  if (mayHaveExpired(hour, at, settings.retention)) return;
  const due = new Date(at.getTime() + REST).toISOString();
  // Every such mark has its own version, so that closing notices a mark that is set while it counts.
  await store.reopenHour(code, { hour, due, version: newId(at) });
}

/**
 * Makes sure that a response is counted at some time: marks the referral, unless it is marked.
 *
 * @returns the hour up to whose end its responses need no further mark.
 */
export async function coverHour(
  services: MarkingServices,
  code: string,
  hour: Hour,
): Promise<Hour> {
  const now = services.now().getTime();
  const marked = await services.store.openHours(code);
  // A mark that is due may be counted right now.
  const covering = marked.find((open) => open >= hour && dueAt(open) > now);
  if (covering !== undefined) return covering;
  const latest = hourAt(Math.max(now, startOf(hour)) + LONGEST_OPEN);
  await openHour(services, code, latest);
  return latest;
}
