import { hasFingerprint } from './fingerprint.ts';
import { RESPONDED, type Response } from './response.ts';

/** Counts of a referral's responses. */
export interface Counts {
  /** Clicks by humans. */
  readonly clicks: number;
  /** First clicks of visitors, among `clicks`. Those with the same fingerprint in an hour count once. */
  readonly uniqueVisitors: number;
  /** Further visitors from an IP that had many in an hour. */
  readonly suspicious: number;
  readonly bots: number;
  readonly prefetches: number;
  /** Clicks by the owner. */
  readonly ownClicks: number;
  /** Number of records of each action that the service or the app's backend recorded, without clicks. */
  readonly trustedActions: ReadonlyMap<string, number>;
  /** Number of records of each action that pages recorded. */
  readonly pageActions: ReadonlyMap<string, number>;
}

/** Names of the counts that are plain numbers. */
export const countNames = [
  'clicks',
  'uniqueVisitors',
  'suspicious',
  'bots',
  'prefetches',
  'ownClicks',
] as const satisfies readonly (keyof Counts)[];

/** Names of the counts that are apart for each action. */
export const actionCountNames = [
  'trustedActions',
  'pageActions',
] as const satisfies readonly (keyof Counts)[];

type ActionCountName = (typeof actionCountNames)[number];

/** The part of a response that counting needs. */
export type CountedResponse = Pick<
  Response,
  'id' | 'action' | 'kind' | 'first' | 'trusted' | 'fingerprint' | 'ipHash'
>;

export const noCounts: Counts = {
  clicks: 0,
  uniqueVisitors: 0,
  suspicious: 0,
  bots: 0,
  prefetches: 0,
  ownClicks: 0,
  trustedActions: new Map(),
  pageActions: new Map(),
};

export const sum = (a: Counts, b: Counts): Counts => combine(a, b, 1);

/** `a` minus `b`. */
export const difference = (a: Counts, b: Counts): Counts => combine(a, b, -1);

/** Mutable counts. */
export type Tally = Record<(typeof countNames)[number], number> &
  Readonly<Record<ActionCountName, Map<string, number>>>;

/** Mutable counts that start with some counts. */
export const tallyOf = (counts: Counts): Tally => ({
  ...counts,
  trustedActions: new Map(counts.trustedActions),
  pageActions: new Map(counts.pageActions),
});

export const newTally = (): Tally => tallyOf(noCounts);

/** Number of records of each action, whoever recorded it. */
export function allActions({
  trustedActions,
  pageActions,
}: Pick<Counts, ActionCountName>): ReadonlyMap<string, number> {
  const all = new Map(trustedActions);
  addActions(all, pageActions, 1);
  return all;
}

/** Whether a response is the first click of a visitor. */
export const isFirstClick = ({ kind, first }: CountedResponse): boolean =>
  kind === 'human' && first;

/** Adds one response to the counts, but no visitor with a fingerprint: they count once an hour, see `unique-visitors.ts`. */
export function tally(counted: Tally, response: CountedResponse): void {
  const { action, kind, trusted } = response;
  if (action === RESPONDED) {
    counted[COUNTED_AS[kind]] += 1;
    if (isFirstClick(response) && !hasFingerprint(response)) counted.uniqueVisitors += 1;
  } else {
    const actions = counted[trusted ? 'trustedActions' : 'pageActions'];
    const name = actions.has(action) || actions.size < MAX_NAMES_AT_ONCE ? action : OTHER;
    actions.set(name, (actions.get(name) ?? 0) + 1);
  }
}

const COUNTED_AS = {
  human: 'clicks',
  bot: 'bots',
  prefetch: 'prefetches',
  own: 'ownClicks',
} as const satisfies Record<Response['kind'], (typeof countNames)[number]>;

function combine(a: Counts, b: Counts, sign: 1 | -1): Counts {
  const combined = tallyOf(a);
  for (const name of countNames) combined[name] += sign * b[name];
  for (const name of actionCountNames) addActions(combined[name], b[name], sign);
  return combined;
}

function addActions(
  actions: Map<string, number>,
  others: ReadonlyMap<string, number>,
  sign: 1 | -1,
): void {
  for (const [name, count] of others) actions.set(name, (actions.get(name) ?? 0) + sign * count);
}

/**
 * Maximum number of action names that a referral's counts keep apart. Anybody can invent names on a page, so
 * the backend's names have a limit of their own.
 */
const MAX_ACTION_NAMES = 50;
/** Maximum number of names that are kept apart while responses are counted: memory is limited too. */
const MAX_NAMES_AT_ONCE = 10_000;
/** All further names are counted under this name. */
const OTHER = 'OTHER';

/**
 * Limits the number of action names, of pages and of the backend each. Names of the known counts stay. New
 * names are added in alphabetical order up to the limit. The rest count as `OTHER`. So counting an hour again
 * gives the same result.
 */
export const boundActions = (counts: Counts, known: Counts): Counts => ({
  ...counts,
  trustedActions: boundNames(counts.trustedActions, known.trustedActions),
  pageActions: boundNames(counts.pageActions, known.pageActions),
});

function boundNames(
  actions: ReadonlyMap<string, number>,
  known: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const names = new Set(known.keys()).add(OTHER);
  const bounded = new Map<string, number>();
  for (const [name, count] of [...actions].sort(byName)) {
    if (names.size <= MAX_ACTION_NAMES) names.add(name);
    const kept = names.has(name) ? name : OTHER;
    bounded.set(kept, (bounded.get(kept) ?? 0) + count);
  }
  return bounded;
}

const byName = ([a]: [string, number], [b]: [string, number]) => (a < b ? -1 : 1);
