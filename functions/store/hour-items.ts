import { type Counts, countNames, noCounts } from '../core/counts.ts';
import { type Hour, QUARTER, type Quarters, startOf, type Total } from '../core/hours.ts';

type CountsItem = Partial<Record<(typeof countNames)[number], number>> & {
  // Pairs, because not every action's name can be the name of an attribute or property.
  readonly actions?: readonly (readonly [string, number])[];
};

/** Counts in the form of the table, without the many zeros. */
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

/** A total from the table; all zeros if there is none yet. */
export const totalOf = (item: Record<string, unknown> | undefined): Total => ({
  version: item?.version as string | undefined,
  through: item?.through as Hour | undefined,
  counts: item === undefined ? noCounts : countsOf(item as CountsItem),
});

/** Quarters in the form of the table. */
export const quarterItems = (hour: Hour, quarters: Quarters) =>
  [...quarters].map(([quarter, counts]) => ({
    quarter: (quarter - startOf(hour)) / QUARTER,
    ...countsItem(counts),
  }));

/** Quarters from the table; none if the hour was never closed. */
export const quartersOf = (hour: Hour, item: Record<string, unknown> | undefined): Quarters =>
  new Map(
    ((item?.quarters ?? []) as (CountsItem & { quarter: number })[]).map(
      ({ quarter, ...counts }) => [startOf(hour) + quarter * QUARTER, countsOf(counts)],
    ),
  );
