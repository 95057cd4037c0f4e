/** What was measured several times. */
export interface Figure {
  readonly median: number;
  /** From here to `high` are four of five values; where there are few, all of them. */
  readonly low: number;
  readonly high: number;
}

export function figureOf(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number, round: (place: number) => number) =>
    sorted[round(share * (sorted.length - 1))] ?? Number.NaN;
  return {
    median: (at(0.5, Math.floor) + at(0.5, Math.ceil)) / 2,
    low: at(0.1, Math.floor),
    high: at(0.9, Math.ceil),
  };
}

/** How often one is the other, round by round: what disturbs a round disturbs both. */
export const ratioOf = (values: readonly number[], others: readonly number[]): Figure =>
  figureOf(values.map((value, round) => value / (others[round] ?? Number.NaN)));
