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
  return markdownTableOf([['', ...columns], ['---', ...columns.map(() => '---:')], ...lines]);
}

/** Writes lines of cells as a table in Markdown. */
export const markdownTableOf = (lines: readonly (readonly string[])[]): string =>
  lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');

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

/** Puts each figure of two builds side by side, with their ratio. */
export const compare = (here: Tables, there: Tables, ref: string): Row[] =>
  Object.entries(here).flatMap(([table, rows]) =>
    rows.flatMap(({ name, figures }) =>
      Object.entries(figures).map(([column, value]) => {
        const line = `${table}: ${name}: ${column}`;
        const other = there[table]?.find((row) => row.name === name)?.figures[column];
        if (other === undefined) return { name: line, figures: { here: value } };
        const ratio = median(value) === median(other) ? 1 : median(value) / median(other);
        return { name: line, figures: { here: value, [ref]: other, ratio } };
      }),
    ),
  );
