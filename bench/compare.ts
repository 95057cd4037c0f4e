import type { Tables } from './benchmark.ts';
import type { Build } from './build.ts';
import { median } from './goals.ts';
import { inWords } from './table.ts';

/** Every figure of what is here and of another build, and how often the first is the second. */
export function compare(here: Tables, there: Tables, { name }: Build): string {
  const lines = [['', 'here', name, 'ratio']];
  for (const [table, rows] of Object.entries(here)) {
    lines.push([`${table}:`, '', '', '']);
    for (const row of rows) {
      const other = there[table]?.find((candidate) => candidate.name === row.name);
      for (const [column, value] of Object.entries(row.figures)) {
        const otherValue = other?.figures[column];
        const ratio = median(value) === median(otherValue) ? 1 : median(value) / median(otherValue);
        lines.push([
          `  ${row.name}: ${column}`,
          inWords(value),
          inWords(otherValue),
          Number.isFinite(ratio) ? ratio.toFixed(2) : '',
        ]);
      }
    }
  }
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...lines.map((cells) => cells[column]?.length ?? 0)),
  );
  return lines
    .map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}
