import { type Counts, countNames } from '../../functions/core/counts.ts';
import type { Difference } from '../../functions/core/recount.ts';
import type { Recounted } from './recount.ts';

const HEADER = ['code', 'hour', 'what', 'expected', 'found'];

/**
 * Lines for people: the differences, and the next step.
 *
 * @example summarize({ referrals: 12, differences: [] }, { repaired: false }) // 'No differences in 12 referrals.\n…'
 */
export function summarize(
  { referrals, differences }: Recounted,
  { repaired }: { repaired: boolean },
): string {
  const counted = referrals === 1 ? '1 referral' : `${referrals} referrals`;
  if (differences.length === 0) return `No differences in ${counted}. Nothing is left to do.`;
  const codes = new Set(differences.map(({ code }) => code)).size;
  return [
    ...table([HEADER, ...[...differences].sort(byPlace).flatMap(rowsOf)]),
    '',
    `Differences in ${codes} of ${counted}. Expected: for an hour, the count of its responses; for a total, the sum of its stored hours.`,
    repaired
      ? 'Totals are corrected, and hours are marked. Marked hours are recounted within ten minutes.'
      : 'Nothing was written.',
    repaired
      ? 'Next: run the same command again after that; there should be no differences.'
      : 'Next: run the same command with --repair.',
  ].join('\n');
}

/** Sorts by code, then by hour, with the total last. */
const byPlace = (a: Difference, b: Difference): number => (placeOf(a) < placeOf(b) ? -1 : 1);

const placeOf = ({ code, hour }: Difference): string => `${code} ${hour ?? 'total'}`;

/** A row for each number that differs. */
function rowsOf({ code, hour, ...counts }: Difference): string[][] {
  const [expected, found] = [numbersOf(counts.expected), numbersOf(counts.found)];
  return [...new Set([...expected.keys(), ...found.keys()])]
    .map((what) => ({ what, is: expected.get(what) ?? 0, was: found.get(what) ?? 0 }))
    .filter(({ is, was }) => is !== was)
    .map(({ what, is, was }) => [code, hour ?? 'total', what, `${is}`, `${was}`]);
}

const numbersOf = (counts: Counts): ReadonlyMap<string, number> =>
  new Map([
    ...countNames.map((name): [string, number] => [name, counts[name]]),
    ...[...counts.actions].map(([name, count]): [string, number] => [`actions.${name}`, count]),
  ]);

/** Formats rows as lines with aligned columns. */
function table(rows: readonly string[][]): string[] {
  const widths = HEADER.map((_, column) =>
    rows.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), 0),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
