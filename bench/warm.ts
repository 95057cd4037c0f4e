import { alternate } from './alternate.ts';
import type { Bench, Benchmark } from './benchmark.ts';
import { bundleOf } from './build.ts';
import { type Database, startAmazons, startEmbedded } from './database.ts';
import { click } from './events.ts';
import { figuresOf, type Round, ratioOf } from './figure.ts';
import { lambdaEnvironment, startInstance } from './instance.ts';
import { bareEnvironment, setScene } from './scene.ts';
import type { Row } from './table.ts';

/** Enough clicks for Node to compile and optimize the code. */
const WARM_UP = { warmUp: 2_000 };

/** Few enough clicks in a turn that a disturbance of the machine hits both sides. */
const TURN = { warmUp: 50, times: 600 };

/** Clicks one after the other, as a Lambda instance gets them, compared with the bare client. */
export const warm: Benchmark = {
  title: 'Warm click',

  run: async (bench) => {
    const tables = bench.builds.map(() => ({ warm: [] as Row[] }));
    for await (const database of databases(bench)) {
      const rows = await measure(bench, database);
      for (const [n, { warm }] of tables.entries()) warm.push(...(rows[n] ?? []));
      await database.stop();
    }
    return tables;
  },
};

async function* databases({ directory, quick }: Bench): AsyncGenerator<Database> {
  yield await startEmbedded(directory);
  if (quick) return;
  const amazons = await startAmazons(directory).catch(({ message }: Error) => {
    console.log(`  Not on Amazon's DynamoDB Local. ${message}`);
  });
  if (amazons !== undefined) yield amazons;
}

/** Gives the rows of each build. */
async function measure({ builds, floor, quick }: Bench, database: Database): Promise<Row[][]> {
  const scene = await setScene(database.services);
  const { event } = click(scene);
  const environment = { ...lambdaEnvironment(database.endpoint), ...bareEnvironment(scene) };
  const bundles = [bundleOf(floor, 'bare'), ...builds.map((build) => bundleOf(build, 'hit'))];
  const measured: Round[][] = bundles.map(() => []);
  const rounds = quick ? 3 : 5;
  for (let round = 1; round <= rounds; round++) {
    const instances = bundles.map((bundle) => startInstance(floor, bundle, environment));
    for (const { run } of instances) await run({ event, ...WARM_UP });
    const turns = await alternate(
      `turns of round ${round} of ${rounds} on ${database.name}`,
      quick ? 4 : 8,
      instances,
      async ({ run }) => {
        const { warm } = await run({ event, ...TURN });
        return { 'p50, ms': warm.p50, 'p99, ms': warm.p99, 'CPU, ms': warm.cpu };
      },
    );
    for (const [n, instance] of instances.entries()) {
      measured[n]?.push(...turns(instance));
      await instance.stop();
    }
  }
  const [bare = [], ...hits] = measured;
  return hits.map((hit) => [
    { name: `bare client on ${database.name}`, figures: figuresOf(bare) },
    {
      name: `hit on ${database.name}`,
      figures: {
        ...figuresOf(hit),
        'p50 ÷ bare': ratioOf(hit, bare, 'p50, ms'),
        'CPU ÷ bare': ratioOf(hit, bare, 'CPU, ms'),
      },
    },
  ]);
}
