import { alternate } from '../alternate.ts';
import type { Benchmark } from '../benchmark.ts';
import { bundleOf } from '../build.ts';
import { startCounting } from '../cost/counting.ts';
import { click, type Invocation, request } from '../events.ts';
import { figuresOf, ratioOf } from '../figure.ts';
import { lambdaEnvironment, startInstance } from '../instance.ts';
import type { Task } from '../lambda/instance.ts';
import type { Scene } from '../scene.ts';
import type { Row } from '../table.ts';
import { setStage } from './stages.ts';

const SIZES = [
  { name: '10³ clicks', clicks: 1_000, links: 0 },
  { name: '10⁴ clicks', clicks: 10_000, links: 0 },
  { name: '10⁵ clicks', clicks: 100_000, links: 0 },
  { name: '10⁶ clicks', clicks: 1_000_000, links: 0 },
  { name: '10³ clicks, 10⁵ links', clicks: 1_000, links: 100_000 },
];

interface Measurement {
  readonly name: string;
  readonly invocation: (scene: Scene) => Invocation;
  readonly often: Omit<Task, 'event'>;
}

const stats = (days: number): Measurement => ({
  name: `stats of ${days} days`,
  invocation: request('get-stats', ({ referral }) => {
    const from = Date.parse(referral.createdAt) + (30 - days) * 24 * 3_600_000;
    return { query: { from: new Date(from).toISOString() } };
  }),
  often: { warmUp: 20, times: 40 },
});

// Clicks come last: the others would read what they put.
const MEASUREMENTS: readonly Measurement[] = [
  {
    name: 'page',
    invocation: request('list-referral-responses'),
    often: { warmUp: 200, times: 300 },
  },
  stats(1),
  stats(7),
  stats(30),
  { name: 'click', invocation: click, often: { warmUp: 500, times: 1_000 } },
];

/** Cost and latency of a page, stats and a click while the table grows. */
export const growth: Benchmark = {
  title: 'Growth',

  run: async ({ builds, floor, quick, directory }) => {
    const stages: Awaited<ReturnType<typeof setStage>>[] = [];
    for (const size of quick ? SIZES.slice(0, 2) : SIZES) {
      console.log(`  Making a table of ${size.name} …`);
      stages.push(await setStage(directory, size));
    }
    const tables = builds.map(() => ({ growth: [] as Row[] }));
    const sides = builds.map((build) => stages.map((stage) => ({ build, stage })));
    for (const { name, invocation, often } of MEASUREMENTS) {
      const measured = await alternate(
        `processes with ${name}`,
        quick ? 3 : 5,
        sides.flat(),
        async ({ build, stage: { database, scene } }) => {
          const { function: file, event } = invocation(scene);
          const environment = lambdaEnvironment(database.endpoint);
          const instance = startInstance(floor, bundleOf(build, file), environment);
          const { warm } = await instance.run({ event, ...often });
          await instance.stop();
          return { 'p50, ms': warm.p50 };
        },
      );
      for (const [n, ofBuild] of sides.entries()) {
        for (const side of ofBuild) {
          const { size, database, scene } = side.stage;
          const { count, stop } = await startCounting(floor, side.build, database);
          // The first one looks the link up.
          await count(invocation(scene));
          const { readUnits, writeUnits, indexWriteUnits } = await count(invocation(scene));
          await stop();
          tables[n]?.growth.push({
            name: `${name}: ${size.name}`,
            figures: {
              'read units': readUnits,
              'write units': writeUnits + indexWriteUnits,
              ...figuresOf(measured(side)),
              '÷ 10³ clicks': ratioOf(measured(side), measured(ofBuild[0] ?? side), 'p50, ms'),
            },
          });
        }
      }
    }
    await Promise.all(stages.map(({ database }) => database.stop()));
    return tables;
  },
};
