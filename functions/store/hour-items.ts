import { actionCountNames, type Counts, countNames, noCounts } from '../core/counts.ts';
import {
  type Hour,
  type Progress,
  QUARTER,
  type Quarters,
  startOf,
  type Total,
} from '../core/hours.ts';

// Pairs, because not every action's name can be the name of an attribute or property.
type ActionPairs = readonly (readonly [string, number])[];

type CountsItem = Partial<
  Record<(typeof countNames)[number], number> &
    Record<(typeof actionCountNames)[number], ActionPairs>
>;

/** Counts in the form of the table, without the many zeros. */
export const countsItem = (counts: Counts): CountsItem => ({
  ...Object.fromEntries(
    countNames.filter((name) => counts[name] !== 0).map((name) => [name, counts[name]]),
  ),
  ...Object.fromEntries(
    actionCountNames
      .filter((name) => counts[name].size > 0)
      .map((name) => [name, [...counts[name]]]),
  ),
});

const countsOf = (item: CountsItem): Counts => ({
  ...noCounts,
  ...Object.fromEntries(countNames.map((name) => [name, item[name] ?? 0])),
  ...Object.fromEntries(actionCountNames.map((name) => [name, new Map(item[name])])),
});

/** A total from the table; all zeros if there is none yet. */
export const totalOf = (item: Record<string, unknown> | undefined): Total => ({
  version: item?.version as string | undefined,
  through: item?.through as Hour | undefined,
  counts: item === undefined ? noCounts : countsOf(item as CountsItem),
});

type QuarterItem = CountsItem & {
  /** Quarters from the start of the item's hour on; negative before it. */
  readonly quarter: number;
};

/** Quarters in the form of the table. */
export const quarterItems = (hour: Hour, quarters: Quarters): QuarterItem[] =>
  [...quarters].map(([quarter, counts]) => ({
    quarter: (quarter - startOf(hour)) / QUARTER,
    ...countsItem(counts),
  }));

/** Quarters from the table. */
export const quartersOf = (hour: Hour, items: readonly QuarterItem[]): Quarters =>
  new Map(
    items.map(({ quarter, ...counts }) => [startOf(hour) + quarter * QUARTER, countsOf(counts)]),
  );

/** Progress in the form of the table. */
export const progressItem = (hour: Hour, { quarters, ...progress }: Progress) => ({
  ...progress,
  quarters: quarterItems(hour, quarters),
});

/** Progress from the table. */
export const progressOf = (
  hour: Hour,
  { quarters, ...progress }: ReturnType<typeof progressItem>,
): Progress => ({ ...progress, quarters: quartersOf(hour, quarters) });
