/** Several measurements of one quantity. */
export interface Figure {
  readonly median: number;
  /** Four fifths of the values lie between `low` and `high`; if there are few values, all of them do. */
  readonly low: number;
  readonly high: number;
}

/** One round of measurements, by column. */
export type Round = Readonly<Record<string, number>>;

/** The figure of each column. */
export const figuresOf = (rounds: readonly Round[]): Record<string, Figure> =>
  Object.fromEntries(
    Object.keys(rounds[0] ?? {}).map((column) => [
      column,
      figureOf(rounds.map((round) => valueIn(round, column))),
    ]),
  );

/** Divides a column round by round: whatever slows a round down slows both sides down. */
export const ratioOf = (rounds: readonly Round[], others: readonly Round[], column: string) =>
  figureOf(rounds.map((round, n) => valueIn(round, column) / valueIn(others[n], column)));

/** The one number to judge by. */
export const median = (value: number | Figure): number =>
  typeof value === 'number' ? value : value.median;

function figureOf(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number, round: (place: number) => number) =>
    sorted[round(share * (sorted.length - 1))] ?? Number.NaN;
  return {
    median: (at(0.5, Math.floor) + at(0.5, Math.ceil)) / 2,
    low: at(0.1, Math.floor),
    high: at(0.9, Math.ceil),
  };
}

const valueIn = (round: Round | undefined, column: string): number => round?.[column] ?? Number.NaN;
