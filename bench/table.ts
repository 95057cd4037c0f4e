import type { Row } from './benchmark.ts';
import type { Figure } from './figure.ts';

/** A table in Markdown. */
export function markdownTable(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const lines = rows.map(({ name, figures }) => [
    name,
    ...columns.map((column) => inWords(figures[column])),
  ]);
  return [['', ...columns], ['---', ...columns.map(() => '---:')], ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** A count as it is; what was measured with three digits, and what lies around it. */
export function inWords(value: number | Figure | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return value.toFixed(Number.isInteger(value) ? 0 : digits(value));
  const { median, low, high } = value;
  const [middle, least, most] = [median, low, high].map((each) => each.toFixed(digits(median)));
  return `${middle} (${least}–${most})`;
}

/** How many there are after the point of three. */
const digits = (value: number): number =>
  Math.min(4, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1))));
