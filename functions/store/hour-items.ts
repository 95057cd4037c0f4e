import { type Counts, countNames, noCounts } from '../core/counts.ts';
import { type Hour, QUARTER, type Quarters, startOf, type Total } from '../core/hours.ts';

type CountsItem = Partial<Record<(typeof countNames)[number], number>> & {
  // Pairs, because as the name of an attribute or property not every action's would do.
  readonly actions?: readonly (readonly [string, number])[];
};

/** Counts as they lie in the table, without the many that are zero. */
export const countsItem = (counts: Counts): CountsItem => ({
  ...Object.fromEntries(
    countNames.filter((name) => counts[name] !== 0).map((name) => [name, counts[name]]),
  ),
  ...(counts.actions.size > 0 && { actions: [...counts.actions] }),
});

const countsOf = ({ actions = [], ...numbers }: CountsItem): Counts => {
  const counts = countNames.map((name) => [name, numbers[name] ?? 0]);
  return { ...noCounts, ...Object.fromEntries(counts), actions: new Map(actions) };
};

/** A total from the table; where there is none yet, of nothing. */
export const totalOf = (item: Record<string, unknown> | undefined): Total => ({
  version: item?.version as string | undefined,
  through: item?.through as Hour | undefined,
  counts: item === undefined ? noCounts : countsOf(item as CountsItem),
});

/** Quarters as they lie in the table. */
export const quarterItems = (hour: Hour, quarters: Quarters) =>
  [...quarters].map(([quarter, counts]) => ({
    quarter: (quarter - startOf(hour)) / QUARTER,
    ...countsItem(counts),
  }));

/** Quarters from the table; none where the hour was never closed. */
export const quartersOf = (hour: Hour, item: Record<string, unknown> | undefined): Quarters =>
  new Map(
    ((item?.quarters ?? []) as (CountsItem & { quarter: number })[]).map(
      ({ quarter, ...counts }) => [startOf(hour) + quarter * QUARTER, countsOf(counts)],
    ),
  );
