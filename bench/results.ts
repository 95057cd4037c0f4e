import { readFile, writeFile } from 'node:fs/promises';
import { cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { git } from './build.ts';
import type { Tables } from './table.ts';

const FILE = join(import.meta.dirname, 'results.json');

/** The tables of a benchmark, and where they come from. */
export interface Result {
  /** The day. */
  readonly on: string;
  readonly commit: string;
  readonly machine: string;
  readonly tables: Tables;
}

/** The latest result of each benchmark. */
export type Results = Readonly<Record<string, Result>>;

export const readResults = async (): Promise<Results> =>
  JSON.parse(await readFile(FILE, 'utf8').catch(() => '{}'));

/** Replaces the results of the benchmarks that ran, and keeps the others. */
export async function keepResults(measured: Readonly<Record<string, Tables>>): Promise<Results> {
  const about = {
    on: new Date().toISOString().slice(0, 10),
    commit: await git('describe', '--always', '--dirty', '--exclude=*'),
    machine: machine(),
  };
  const now = Object.entries(measured).map(([name, tables]) => [name, { ...about, tables }]);
  const results: Results = { ...(await readResults()), ...Object.fromEntries(now) };
  await writeFile(FILE, `${JSON.stringify(results, null, 2)}\n`);
  return results;
}

function machine(): string {
  const { length: cores, 0: first } = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${first?.model.trim()}, ${cores} cores, ${gigabytes} GB, ${platform()}, Node ${process.versions.node}`;
}
