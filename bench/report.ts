import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { goals } from './goals.ts';
import type { Results } from './results.ts';
import { markdownTable } from './table.ts';

const PAGE = resolve(import.meta.dirname, '../docs/performance.md');

/**
 * Writes the tables of `docs/performance.md` anew, each between its markers; the words around them are
 * written by hand.
 */
export async function writeReport(results: Results): Promise<void> {
  let page = await readFile(PAGE, 'utf8');
  page = fill(page, 'goals', goalTable(results));
  for (const { tables, on, commit, machine } of Object.values(results)) {
    for (const [name, rows] of Object.entries(tables)) {
      page = fill(page, name, `${markdownTable(rows)}\n\n${machine}; ${on}, ${commit}.`);
    }
  }
  await writeFile(PAGE, page);
}

function goalTable(results: Results): string {
  const rows = goals.map(({ what, goal, benchmark, judge }) => {
    const result = results[benchmark];
    if (result === undefined) return [what, goal, 'not yet', ''];
    const { measured, isReached } = judge(result.tables);
    return [what, goal, measured, isReached ? 'yes' : '**no**'];
  });
  const table = [
    ['what', 'goal', 'measured', 'reached'],
    ['---', '---', '---', '---'],
    ...rows,
  ].map((cells) => `| ${cells.join(' | ')} |`);
  const machines = new Set(Object.values(results).map(({ machine }) => machine));
  return `${table.join('\n')}\n\nOn ${[...machines].join(' and ')}.`;
}

/** @throws Error where the page has no such place. */
function fill(page: string, name: string, content: string): string {
  const [begin, end] = [`<!-- bench: ${name} -->`, `<!-- end: ${name} -->`];
  const [before, rest] = page.split(begin);
  const [, after] = rest?.split(end) ?? [];
  if (after === undefined) throw new Error(`docs/performance.md has no place for ${name}.`);
  return `${before}${begin}\n\n${content}\n\n${end}${after}`;
}
