import { readFile, writeFile } from 'node:fs/promises';
import { cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Tables } from './benchmark.ts';
import { git } from './build.ts';

const FILE = join(import.meta.dirname, 'results.json');

/** What a benchmark measured, where and of what. */
export interface Result {
  /** The day. */
  readonly on: string;
  readonly commit: string;
  readonly machine: string;
  readonly tables: Tables;
}

/** What was measured last, by the benchmark's name. */
export type Results = Readonly<Record<string, Result>>;

/** Reads what was measured last. */
export const readResults = async (): Promise<Results> =>
  JSON.parse(await readFile(FILE, 'utf8').catch(() => '{}'));

/** Keeps what was measured now, beside what was not measured again. */
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
  const [first, ...others] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${first?.model.trim()}, ${1 + others.length} cores, ${gigabytes} GB, ${platform()}, Node ${process.versions.node}`;
}
