import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench, Benchmark } from './benchmark.ts';
import { buildFloor, buildHere, buildRef } from './build.ts';
import { cold } from './cold.ts';
import { cost } from './cost/cost.ts';
import { growth } from './growth/growth.ts';
import { credentials } from './instance.ts';
import { checkLimits } from './limits.ts';
import { peer } from './peer/peer.ts';
import { writePerformancePage } from './performance-page.ts';
import { keepResults, readResults } from './results.ts';
import { compare, markdownTable, type Tables } from './table.ts';
import { viral } from './viral.ts';
import { warm } from './warm.ts';

const HELP = `Usage: npm run bench [-- option …]

Measures how long a click takes and what it costs, compares it with a floor, and writes bench/results.json and
the tables of docs/performance.md. This takes about 20 minutes. Let nothing else run on the machine meanwhile.

Options:
  --only <names>    run some benchmarks, such as warm,cold; the results of the others stay
  --quick           a first look: fewer rounds, smaller tables; writes nothing
  --against <ref>   measure a git ref, too, and print the ratio of each figure; writes nothing
  --check           for CI: quick, and fails if anything is over its limit in bench/limits.ts
  --help            print this

Benchmarks:
  warm     clicks one after the other: latency and CPU
  cold     import and first invocation of every function, and the size of its bundle
  cost     DynamoDB calls, units and dollars of each kind of request
  growth   cost and latency while a table grows; needs 3 GB in the temporary directory
  viral    reading and closing a link with 2,000 clicks a second; needs 2 GB
  peer     clicks on pinax-referrals and on the server of npm start; needs Linux and Python
`;

const benchmarks: Readonly<Record<string, Benchmark>> = { warm, cold, cost, growth, viral, peer };

/** The benchmarks that are short enough for CI. */
const CHECKED = 'warm,cold,cost';

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
  const directory = await mkdtemp(join(tmpdir(), 'referrals-bench-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  console.log('Building …');
  const here = await buildHere(directory);
  const other = against === undefined ? [] : [await buildRef(against, directory)];
  const bench: Bench = {
    builds: [here, ...other],
    floor: await buildFloor(directory),
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
  if (against) {
    console.log(markdownTable(compare(tables, Object.assign({}, ...compared), against)));
  }
  if (checks) return checkLimits(tables, await readResults());
  if (bench.quick || against) {
    return void console.log('\nNext: measure everything, with npm run bench.');
  }
  await writePerformancePage(await keepResults(measured));
  console.log('Next: look at what has changed, with git diff docs/performance.md.');
}

function readNames(only: string | undefined): string[] {
  const all = Object.keys(benchmarks);
  const names = only?.split(',') ?? all;
  const unknown = names.find((name) => !all.includes(name));
  if (unknown === undefined) return names;
  throw new Error(`--only: there is no benchmark ${unknown}. There are ${all.join(', ')}.`);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
main()
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  })
  // After a failure something may still run.
  .finally(() => process.exit());
