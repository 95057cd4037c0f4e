import { type Figure, median } from './figure.ts';

/** A line of a table: a number or a figure for each column. */
export interface Row {
  readonly name: string;
  readonly figures: Readonly<Record<string, number | Figure>>;
}

/** Tables by name. */
export type Tables = Readonly<Record<string, readonly Row[]>>;

/** @throws Error if the table has no such row or column. */
export function lookUp(
  rows: readonly Row[] | undefined,
  name: string,
  column: string,
): number | Figure {
  const value = rows?.find((row) => row.name === name)?.figures[column];
  if (value === undefined) throw new Error(`The benchmark has not measured ${name}: ${column}.`);
  return value;
}

/** Writes rows as a table in Markdown. */
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

/** Writes whole numbers as they are, and others with three digits; a figure with its range. */
export function inWords(value: number | Figure | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return value.toFixed(Number.isInteger(value) ? 0 : digits(value));
  const write = (part: number) => part.toFixed(digits(value.median));
  return `${write(value.median)} (${write(value.low)}–${write(value.high)})`;
}

/** Digits after the point, if there are three in all. */
const digits = (value: number): number =>
  Math.min(4, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1))));

/** Writes each figure of two builds beside the other, with their ratio. */
export function compare(here: Tables, there: Tables, otherName: string): string {
  const lines = [['', 'here', otherName, 'ratio']];
  for (const [table, rows] of Object.entries(here)) {
    lines.push([`${table}:`, '', '', '']);
    for (const { name, figures } of rows) {
      const others = there[table]?.find((row) => row.name === name)?.figures;
      for (const [column, value] of Object.entries(figures)) {
        const other = others?.[column];
        lines.push([
          `  ${name}: ${column}`,
          inWords(value),
          inWords(other),
          other === undefined ? '' : ratio(median(value), median(other)),
        ]);
      }
    }
  }
  const widths = [0, 1, 2, 3].map((n) => Math.max(...lines.map((cells) => cells[n]?.length ?? 0)));
  return lines
    .map((cells) => cells.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

const ratio = (value: number, other: number): string => {
  if (value === other) return '1.00';
  return other === 0 ? '' : (value / other).toFixed(2);
};
