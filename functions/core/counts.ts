import { RESPONDED, type Response } from './response.ts';

/** What was recorded of a referral, counted. */
export interface Counts {
  /** Clicks by humans. */
  readonly clicks: number;
  /** Visitors among them who had not been there before. */
  readonly uniqueVisitors: number;
  readonly bots: number;
  readonly prefetches: number;
  /** Clicks by the owner. */
  readonly ownClicks: number;
  /** How often each action was recorded; clicks are not among them. */
  readonly actions: ReadonlyMap<string, number>;
}

/** Names of the numbers among the counts. */
export const countNames = [
  'clicks',
  'uniqueVisitors',
  'bots',
  'prefetches',
  'ownClicks',
] as const satisfies readonly (keyof Counts)[];

/** What of a response is needed to count it. */
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

/** What `a` has more than `b`. */
export const difference = (a: Counts, b: Counts): Counts => combine(a, b, -1);

/** Counts that grow. */
export type Tally = Record<(typeof countNames)[number], number> & {
  readonly actions: Map<string, number>;
};

export const newTally = (): Tally => ({ ...noCounts, actions: new Map() });

/** Counts one response more. */
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

/** Distinct names of actions that a referral's counts keep apart. Anybody may invent some. */
const MAX_ACTION_NAMES = 50;
/** Names that are told apart while responses are counted: memory has an end, too. */
const MAX_NAMES_AT_ONCE = 10_000;
/** The name under which all further ones are counted. */
const OTHER = 'OTHER';

/**
 * Counts with a bounded number of action names: those that are known, as many new ones as there is room
 * for, and the rest as `OTHER`. Names that were known stay so, and the alphabet decides between new ones, so
 * that counting an hour again gives the same.
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
