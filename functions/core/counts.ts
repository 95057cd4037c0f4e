import { RESPONDED, type Response } from './response.ts';

/** Counts of a referral's responses. */
export interface Counts {
  /** Clicks by humans. */
  readonly clicks: number;
  /** First clicks of visitors, among `clicks`. */
  readonly uniqueVisitors: number;
  readonly bots: number;
  readonly prefetches: number;
  /** Clicks by the owner. */
  readonly ownClicks: number;
  /** Number of records of each action, without clicks. */
  readonly actions: ReadonlyMap<string, number>;
}

/** Names of the counts that are plain numbers. */
export const countNames = [
  'clicks',
  'uniqueVisitors',
  'bots',
  'prefetches',
  'ownClicks',
] as const satisfies readonly (keyof Counts)[];

/** The part of a response that counting needs. */
export type CountedResponse = Pick<Response, 'id' | 'action' | 'kind' | 'first'>;

export const noCounts: Counts = {
  clicks: 0,
  uniqueVisitors: 0,
  bots: 0,
  prefetches: 0,
  ownClicks: 0,
  actions: new Map(),
};

export const sum = (a: Counts, b: Counts): Counts => combine(a, b, 1);

/** `a` minus `b`. */
export const difference = (a: Counts, b: Counts): Counts => combine(a, b, -1);

/** Mutable counts. */
export type Tally = Record<(typeof countNames)[number], number> & {
  readonly actions: Map<string, number>;
};

export const newTally = (): Tally => ({ ...noCounts, actions: new Map() });

/** Adds one response to the counts. */
export function tally(counted: Tally, { action, kind, first }: CountedResponse): void {
  if (action === RESPONDED) {
    counted[COUNTED_AS[kind]] += 1;
    if (kind === 'human' && first) counted.uniqueVisitors += 1;
  } else {
    const { actions } = counted;
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
  const combined: Tally = { ...a, actions: new Map(a.actions) };
  for (const name of countNames) combined[name] += sign * b[name];
  for (const [name, count] of b.actions) {
    combined.actions.set(name, (combined.actions.get(name) ?? 0) + sign * count);
  }
  return combined;
}

/** Maximum number of action names that a referral's counts keep apart. Anybody can invent names. */
const MAX_ACTION_NAMES = 50;
/** Maximum number of names that are kept apart while responses are counted: memory is limited too. */
const MAX_NAMES_AT_ONCE = 10_000;
/** All further names are counted under this name. */
const OTHER = 'OTHER';

/**
 * Limits the number of action names. Known names stay. New names are added in alphabetical order up to the
 * limit. The rest count as `OTHER`. So counting an hour again gives the same result.
 */
export function boundActions(counts: Counts, known: Iterable<string>): Counts {
  const names = new Set(known).add(OTHER);
  const actions = new Map<string, number>();
  for (const [name, count] of [...counts.actions].sort(byName)) {
    if (names.size <= MAX_ACTION_NAMES) names.add(name);
    const bounded = names.has(name) ? name : OTHER;
    actions.set(bounded, (actions.get(bounded) ?? 0) + count);
  }
  return { ...counts, actions };
}

const byName = ([a]: [string, number], [b]: [string, number]) => (a < b ? -1 : 1);
