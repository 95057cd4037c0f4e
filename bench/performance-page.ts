import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { judge } from './goals.ts';
import type { Results } from './results.ts';
import { markdownTable, markdownTableOf } from './table.ts';

const PAGE = resolve(import.meta.dirname, '../docs/performance.md');

/** Replaces the tables of `docs/performance.md`, each between its markers. People write the text around them. */
export async function writePerformancePage(results: Results): Promise<void> {
  const all = Object.values(results);
  const machines = new Set(all.map(({ machine }) => machine));
  const goals = markdownTableOf(judge(Object.assign({}, ...all.map(({ tables }) => tables))));
  let page = await readFile(PAGE, 'utf8');
  page = fill(page, 'goals', `${goals}\n\nOn ${[...machines].join(' and ')}.`);
  for (const { tables, on, commit, machine } of all) {
    for (const [name, rows] of Object.entries(tables)) {
      page = fill(page, name, `${markdownTable(rows)}\n\n${machine}; ${on}, ${commit}.`);
    }
  }
  await writeFile(PAGE, page);
}

/** @throws Error if the page lacks the markers. */
function fill(page: string, name: string, content: string): string {
  const [begin, end] = [`<!-- bench: ${name} -->`, `<!-- end: ${name} -->`];
  const place = new RegExp(`${begin}[^]*${end}`);
  if (!place.test(page)) throw new Error(`docs/performance.md has no markers for ${name}.`);
  return page.replace(place, () => `${begin}\n\n${content}\n\n${end}`);
}
