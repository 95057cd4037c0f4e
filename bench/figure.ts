/** Several measurements of one quantity. */
export interface Figure {
  readonly median: number;
  /** Four fifths of the values lie between `low` and `high`; if there are few values, all of them do. */
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

/** Divides round by round: whatever slows a round down slows both sides down. */
export const ratioOf = (values: readonly number[], others: readonly number[]): Figure =>
  figureOf(values.map((value, round) => value / (others[round] ?? Number.NaN)));

/** The one number to judge by. */
export const median = (value: number | Figure): number =>
  typeof value === 'number' ? value : value.median;
