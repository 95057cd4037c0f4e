import pMap from 'p-map';
import { type Count, countResponses, newCount, SLICE } from './count-responses.ts';
import { closedQuarters, progressOf } from './counting.ts';
import { allActions, type Counts, difference, sum, tallyOf } from './counts.ts';
import {
  boundQuarters,
  type ClosedHours,
  type CountState,
  endOf,
  firstKept,
  type Hour,
  hourAt,
  hourStart,
  isReopened,
  LONGEST_IN_ITEM,
  type Mark,
  openSince,
  type Progress,
  type Quarters,
  quartersBetween,
  startOf,
  sumOf,
} from './hours.ts';
import { dueAt, openHour, REST } from './marks.ts';
import type { Referral } from './referral.ts';
import type { Using } from './services.ts';
import { addVisitor, VisitorsGone } from './unique-visitors.ts';

const CLOSED_AT_ONCE = 10;

/** A running hour with fewer responses is counted when it is over. An hour that is marked as viral has more. */
const FEW = 250;

/** Most counts that one item has: so many names of actions, of 512 bytes each, fit into 400 KB. An hour has fewer. */
const MOST_COUNTS = 700;

/**
 * Responses of a quarter of an hour that one partition takes easily: a twentieth of what it takes at most, because they
 * do not come evenly.
 */
const MOST_IN_QUARTER = 45_000;

/** Milliseconds until a step of a running hour is followed by the next one, at the next run. */
const SOON = 60_000;

/** Milliseconds until the number of partitions is looked at again. */
const NARROWING = 2 * 60 * 60_000;

/** Services to close hours. */
export type ClosingServices = Using<
  | 'dueHours'
  | 'readCounts'
  | 'closedHours'
  | 'responsesBetween'
  | 'closeHours'
  | 'halveBuckets'
  | 'openHour'
  | 'saveProgress'
  | 'putVisitors'
  | 'readVisitors',
  'now' | 'newId',
  'retention'
>;

/**
 * Closes the hours that are due, the oldest first, as long as there is time.
 *
 * @returns the number of closed hours, and the milliseconds that the oldest one was late.
 * @throws AggregateError if some hours could not be closed, after the others are closed.
 */
export async function closeDueHours(
  services: ClosingServices,
  hasTime: () => boolean,
): Promise<{ readonly closed: number; readonly late: number }> {
  let late = 0;
  const { store, now } = services;
  async function* dueHours() {
    for await (const { code, hour, due } of store.dueHours(now())) {
      late = Math.max(late, now().getTime() - Date.parse(due));
      if (!hasTime()) return;
      yield { code, hour };
    }
  }
  // Hours of the same referral are closed in turn, because each changes the total.
  const turns = new Map<string, Promise<unknown>>();
  const closed = await pMap(
    dueHours(),
    ({ code, hour }) => {
      const turn = Promise.resolve(turns.get(code))
        .catch(() => undefined)
        .then(() => closeHour(services, code, hour, hasTime));
      turns.set(code, turn);
      return turn;
    },
    { concurrency: CLOSED_AT_ONCE, stopOnError: false },
  );
  return { closed: closed.filter(Boolean).length, late };
}

/**
 * Counts the responses of a referral up to the end of an hour, and closes all hours until then; or a closed hour
 * that is open again. If that takes too long, the next call goes on where this one stopped.
 *
 * @returns whether the hour was closed.
 */
export async function closeHour(
  services: ClosingServices,
  code: string,
  hour: Hour,
  hasTime: () => boolean = () => true,
): Promise<boolean> {
  for (;;) {
    const state = await services.store.readCounts(code);
    const mark = state.marks.find((mark) => mark.hour === hour);
    if (mark === undefined || new Date(mark.due) > services.now()) return false;
    const result = await step(services, code, state, mark, hasTime);
    if (result !== 'again' || !hasTime()) return result === 'closed';
  }
}

/** The result of one step of counting. `again` if something has changed meanwhile, or if there is more to do. */
type Step = 'closed' | 'open' | 'again';

async function step(
  services: ClosingServices,
  code: string,
  state: CountState,
  mark: Mark,
  hasTime: () => boolean,
): Promise<Step> {
  const { store } = services;
  const { referral, total } = state;
  const { hour } = mark;
  const now = services.now().getTime();
  const reopened = isReopened(hour, total);
  const kept = firstKept(services.now(), services.settings.retention);
  const closeUntil = async (end: number, quarters: Quarters): Promise<Step> => {
    const isLast = end === endOf(hour);
    const counted = { hour: hourAt(end - 1), quarters, reopened };
    const isClosed = await close(services, code, state, counted, isLast ? mark : undefined);
    return isClosed && isLast ? 'closed' : 'again';
  };
  if (referral === undefined || (reopened && startOf(hour) < kept)) {
    // What was counted stays.
    return closeUntil(
      endOf(hour),
      reopened ? await closedQuarters(services, code, hour) : new Map(),
    );
  }

  const start = reopened ? startOf(hour) : Math.max(openSince(total), hourStart(kept));
  if (start >= endOf(hour)) return closeUntil(endOf(hour), new Map());
  const end = Math.min(endOf(hour), now - REST);
  const range = { start, end, progress: progressOf(mark, total) };
  const { count, until, size, known, progress } = await countUntil(
    services,
    referral,
    range,
    hasTime,
  );
  const quarters = boundQuarters(count.quarters, total.counts);
  const whole = until < endOf(hour) ? hourStart(until) : endOf(hour);
  if (whole > start) {
    const result = await closeUntil(fitting(quarters, start, whole), quarters);
    if (result === 'closed') await narrow(services, referral, hour, quarters);
    return result;
  }

  const isCaughtUp = until >= end;
  if (isCaughtUp && progress === undefined && size < FEW) {
    await store.saveProgress(code, mark, { due: new Date(dueAt(hour)).toISOString() });
  } else if (until > (progress?.until ?? start)) {
    const id = services.newId(services.now());
    const met = count.visitors.fingerprints.entries().drop(known).toArray();
    await store.saveProgress(code, mark, {
      // Until it is caught up, it stays overdue, which an alarm tells of.
      due: isCaughtUp ? new Date(now + SOON).toISOString() : mark.due,
      progress: {
        id,
        until,
        quarters,
        visitors: [...(progress?.visitors ?? []), { id, items: await store.putVisitors(id, met) }],
      },
    });
  }
  return 'open';
}

/** What was counted in a step. */
interface Counted {
  readonly count: Count;
  /** Epoch milliseconds. */
  readonly until: number;
  /** Number of responses. */
  readonly size: number;
  /** Number of visitors from the steps before. */
  readonly known: number;
  /** The steps before; undefined if the hour was counted from its start. */
  readonly progress: Progress | undefined;
}

/** Counts responses from `start` until before `end`, in epoch milliseconds, or as far as there is time. */
async function countUntil(
  { store }: Using<'responsesBetween' | 'readVisitors'>,
  referral: Referral,
  { start, end, progress }: { start: number; end: number; progress: Progress | undefined },
  hasTime: () => boolean,
): Promise<Counted> {
  const count = newCount();
  let until = start;
  if (progress !== undefined) {
    until = progress.until;
    count.hour = start;
    for (const [quarter, counts] of progress.quarters) count.quarters.set(quarter, tallyOf(counts));
    try {
      for await (const visitor of store.readVisitors(progress.visitors)) {
        addVisitor(count.visitors, visitor);
      }
    } catch (error) {
      // They are kept for two days. The hour is counted from its start then.
      if (!(error instanceof VisitorsGone)) throw error;
      return countUntil({ store }, referral, { start, end, progress: undefined }, hasTime);
    }
  }
  const known = count.visitors.fingerprints.size;
  let size = 0;
  // After many responses, whole hours are closed first.
  const isEnough = () => size >= SLICE && hourStart(until) > start;
  while (until < end && !isEnough() && hasTime()) {
    const slice = await store.responsesBetween(referral, until, end, SLICE);
    countResponses(count, slice.responses);
    until = slice.until;
    size += slice.responses.length;
  }
  return { count, until, size, known, progress };
}

/** Halves the partitions of a referral that has far more than its responses need, and comes back later. */
async function narrow(
  services: Using<'halveBuckets' | 'openHour', 'now' | 'newId'>,
  referral: Referral,
  hour: Hour,
  quarters: Quarters,
): Promise<void> {
  if (referral.buckets === 1) return;
  const now = services.now().getTime();
  const busiest = Math.max(0, ...[...quarters.values()].map(sizeOf));
  // An hour of long ago does not tell how busy the link is.
  const isRecent = endOf(hour) > now - NARROWING;
  if (isRecent && busiest < (referral.buckets / 2) * MOST_IN_QUARTER) {
    await services.store.halveBuckets(referral, new Date(now));
  }
  await openHour(services, referral.code, hourAt(now + NARROWING));
}

/** Number of responses. */
const sizeOf = ({ clicks, bots, prefetches, ownClicks, ...counts }: Counts): number =>
  [...allActions(counts).values()].reduce((a, b) => a + b, clicks + bots + prefetches + ownClicks);

/** The end of the hours from `start` until `end` whose counts fit into one item; all in epoch milliseconds. */
function fitting(quarters: Quarters, start: number, end: number): number {
  let [counts, latest] = [0, end];
  for (const [quarter, { trustedActions, pageActions }] of [...quarters].sort(
    ([a], [b]) => a - b,
  )) {
    if (quarter >= latest) break;
    // Readers look for a response in the items of so many hours after it.
    if (counts === 0) latest = Math.min(end, hourStart(quarter) + LONGEST_IN_ITEM);
    counts += 1 + trustedActions.size + pageActions.size;
    if (counts > MOST_COUNTS && hourStart(quarter) > start) return hourStart(quarter);
  }
  return latest;
}

/**
 * Closes all hours up to one, or closes a reopened one again.
 *
 * @param mark the mark to take away.
 * @returns false if something has changed since the state was read.
 */
async function close(
  services: Using<'closedHours' | 'closeHours', 'now' | 'newId'>,
  code: string,
  { total }: CountState,
  { hour, quarters, reopened }: { hour: Hour; quarters: Quarters; reopened: boolean },
  mark: Mark | undefined,
): Promise<boolean> {
  const { store, now, newId } = services;
  const within = (all: Quarters) => quartersBetween(all, startOf(hour), endOf(hour));
  const found = reopened ? await itemOf(services, code, hour) : undefined;
  const before = within(found?.quarters ?? new Map());
  const counted = reopened ? quarters : quartersBetween(quarters, 0, endOf(hour));
  const others = [...(found?.quarters ?? [])].filter(([quarter]) => !before.has(quarter));
  const { through } = total;
  const all = new Map([...others, ...counted]);
  return store.closeHours(code, {
    mark,
    closed: found || all.size > 0 ? { hour: found?.hour ?? hour, quarters: all } : undefined,
    before: total.version,
    total: {
      version: newId(now()),
      through: through !== undefined && through > hour ? through : hour,
      counts: sum(total.counts, difference(sumOf(counted), sumOf(before))),
    },
  });
}

/** The item with the counts of a closed hour, or the one to put them into. */
async function itemOf(
  { store }: Using<'closedHours'>,
  code: string,
  hour: Hour,
): Promise<ClosedHours | undefined> {
  const items = await store.closedHours(code, startOf(hour), endOf(hour));
  const hasHour = ({ quarters }: ClosedHours) =>
    quartersBetween(quarters, startOf(hour), endOf(hour)).size > 0;
  return items.find(hasHour) ?? items.find((item) => item.hour === hour);
}
