import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench, Benchmark, Tables } from './benchmark.ts';
import { buildHere, buildRef, git } from './build.ts';
import { check, checkInWords, isOver } from './check.ts';
import { cold } from './cold.ts';
import { compare } from './compare.ts';
import { cost } from './cost/cost.ts';
import { bundleFloor } from './floor.ts';
import { growth } from './growth/growth.ts';
import { credentials } from './instance.ts';
import { peer } from './peer.ts';
import { writeReport } from './report.ts';
import { keepResults, readResults } from './results.ts';
import { markdownTable } from './table.ts';
import { warm } from './warm.ts';

const HELP = `Usage: npm run bench [-- option …]

Measures what a click takes and costs, against a floor, and writes bench/results.json and the tables of
docs/performance.md. It takes about 20 minutes, and should have the machine for itself.

Options:
  --only <names>    some of them, such as warm,cold; what the others measured before is kept
  --quick           a first look: fewer rounds, smaller tables; nothing is written
  --against <ref>   measures what a git ref has, too, and prints the ratio of each figure; nothing is written
  --check           as CI does: quick, and fails where a limit of bench/limits.ts is exceeded
  --help            print this

Benchmarks:
  warm     clicks one after the other: latency and CPU
  cold     import and first invocation of every function, and the bytes of its bundle
  cost     DynamoDB calls, units and dollars of whatever is asked
  growth   the same and latency while a table grows; needs 3 GB in the temporary directory
  peer     clicks on pinax-referrals and on the server of npm start; needs Python
`;

const benchmarks: Readonly<Record<string, Benchmark>> = { warm, cold, cost, growth, peer };

/** What CI has the time for. */
const CHECKED = 'warm,cold,cost';

let directory: string | undefined;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      against: { type: 'string' },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const { check: checks, against } = values;
  const names = readNames(checks ? CHECKED : values.only);

  delete process.env.AWS_PROFILE;
  Object.assign(process.env, credentials);
  directory = await mkdtemp(join(tmpdir(), 'referrals-bench-'));
  console.log('Building …');
  const here = await buildHere(directory);
  const other = against === undefined ? [] : [await buildRef(against, directory)];
  const bench: Bench = {
    builds: [here, ...other],
    floor: await bundleFloor(directory),
    quick: values.quick || checks,
    directory,
  };

  const measured: Record<string, Tables> = {};
  const compared: Tables[] = [];
  for (const name of names) {
    const { title, run } = benchmarks[name] as Benchmark;
    console.log(`\n${title}\n`);
    const [ofHere = {}, ofOther = {}] = await run(bench);
    measured[name] = ofHere;
    compared.push(ofOther);
    for (const rows of Object.values(ofHere)) console.log(`${markdownTable(rows)}\n`);
  }

  const tables: Tables = Object.assign({}, ...Object.values(measured));
  if (other[0]) console.log(compare(tables, Object.assign({}, ...compared), other[0]));
  if (checks) return judge(tables);
  if (bench.quick || other[0])
    return void console.log('\nNext: measure all of it, with npm run bench.');
  await writeReport(await keepResults(measured));
  console.log('Next: see what has changed, with git diff docs/performance.md.');
}

function readNames(only: string | undefined): string[] {
  const all = Object.keys(benchmarks);
  const names = only?.split(',') ?? all;
  const unknown = names.find((name) => !all.includes(name));
  if (unknown === undefined) return names;
  throw new Error(`--only: there is no benchmark ${unknown}; there are ${all.join(', ')}.`);
}

async function judge(tables: Tables): Promise<void> {
  const checked = check(tables, await readResults());
  console.log(checkInWords(checked));
  const over = checked.filter(isOver);
  if (over.length === 0) return void console.log('\nNothing is over its limit.');
  throw new Error(
    `\nOver its limit: ${over.map(({ what }) => what).join('; ')}. Make it cheaper, or raise the limit in bench/limits.ts and say why.`,
  );
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
    process.exit(1);
  });
}
main()
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  })
  .finally(async () => {
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
    await git('worktree', 'prune');
    // What failed may have left something running.
    process.exit();
  });
