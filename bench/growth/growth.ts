import { join } from 'node:path';
import { alternate } from '../alternate.ts';
import type { Bench, Benchmark, Row } from '../benchmark.ts';
import type { Build } from '../build.ts';
import { startMeter, type Usage } from '../cost/meter.ts';
import { click, ofReferral } from '../events.ts';
import { figureOf, ratioOf } from '../figure.ts';
import { lambdaEnvironment, startInstance, type Task } from '../instance.ts';
import { type Size, type Stage, setStage } from './stages.ts';

const SIZES: readonly Size[] = [
  { name: '10³ clicks', clicks: 1_000, links: 0 },
  { name: '10⁴ clicks', clicks: 10_000, links: 0 },
  { name: '10⁵ clicks', clicks: 100_000, links: 0 },
  { name: '10⁶ clicks', clicks: 1_000_000, links: 0 },
  { name: '10³ clicks, 10⁵ links', clicks: 1_000, links: 100_000 },
];

/** Something that is asked of a table. */
interface Question {
  readonly name: string;
  readonly function: string;
  readonly event: (stage: Stage) => unknown;
  readonly often: Omit<Task, 'event'>;
}

const stats = (days: number): Question => ({
  name: `stats of ${days} days`,
  function: 'get-stats',
  event: (stage) => {
    const from = Date.parse(stage.referral.createdAt) + (30 - days) * 24 * 3_600_000;
    return ofReferral('/stats', stage, { from: new Date(from).toISOString() });
  },
  often: { warmUp: 20, times: 40 },
});

// The click comes last: what it puts would be read by the others.
const QUESTIONS: readonly Question[] = [
  {
    name: 'page',
    function: 'list-referral-responses',
    event: (stage) => ofReferral('/responses', stage),
    often: { warmUp: 200, times: 300 },
  },
  stats(1),
  stats(7),
  stats(30),
  {
    name: 'click',
    function: 'hit',
    event: ({ referral }) => click(referral.code),
    often: { warmUp: 500, times: 1_000 },
  },
];

/** What a click, a page and stats cost and take while the table grows. */
export const growth: Benchmark = {
  title: 'Growth',

  run: async (bench) => {
    const stages: Stage[] = [];
    for (const size of bench.quick ? SIZES.slice(0, 2) : SIZES) {
      console.log(`  Making a table of ${size.name} …`);
      stages.push(await setStage(bench.directory, size));
    }
    const rows: Row[][] = bench.builds.map(() => []);
    for (const question of QUESTIONS) {
      const answers = await ask(question, stages, bench);
      for (const [index, ofBuild] of answers.entries()) rows[index]?.push(...ofBuild);
    }
    await Promise.all(stages.map(({ stop }) => stop()));
    return rows.map((growth) => ({ growth }));
  },
};

/** Asks a question on every stage, and gives for each build a row for each stage. */
async function ask(question: Question, stages: readonly Stage[], bench: Bench): Promise<Row[][]> {
  const sides = bench.builds.flatMap((build) => stages.map((stage) => ({ build, stage })));
  const measured = await alternate(
    `processes with ${question.name}`,
    bench.quick ? 3 : 5,
    sides,
    async ({ build, stage }) => {
      const instance = startOn(stage.endpoint, question, build, bench);
      const { warm } = await instance.run({ event: question.event(stage), ...question.often });
      await instance.stop();
      return warm.p50;
    },
  );
  const rows: Row[] = [];
  for (const [index, { build, stage }] of sides.entries()) {
    const p50 = measured[index] ?? [];
    const first = measured[index - (index % stages.length)] ?? [];
    const { readUnits, writeUnits, indexWriteUnits } = await usageOf(question, stage, build, bench);
    rows.push({
      name: `${question.name}: ${stage.size.name}`,
      figures: {
        'read units': readUnits,
        'write units': writeUnits + indexWriteUnits,
        'p50, ms': figureOf(p50),
        '÷ 10³ clicks': ratioOf(p50, first),
      },
    });
  }
  return bench.builds.map((_, index) =>
    rows.slice(index * stages.length, (index + 1) * stages.length),
  );
}

async function usageOf(
  question: Question,
  stage: Stage,
  build: Build,
  bench: Bench,
): Promise<Usage> {
  const meter = await startMeter(stage.endpoint);
  const instance = startOn(meter.endpoint, question, build, bench);
  const invoke = () => instance.run({ event: question.event(stage), warmUp: 0, times: 0 });
  // Looks the link up, which is then known.
  await invoke();
  const usage = await meter.usageOf(invoke);
  await instance.stop();
  meter.stop();
  return usage;
}

const startOn = (
  endpoint: string,
  { function: name }: Question,
  { bundles }: Build,
  { floor }: Bench,
) =>
  startInstance({
    program: floor.instance,
    bundle: join(bundles, name, 'index.mjs'),
    environment: lambdaEnvironment(endpoint),
  });
