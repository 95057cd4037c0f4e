import { join } from 'node:path';
import { alternate } from './alternate.ts';
import type { Bench, Benchmark, Row } from './benchmark.ts';
import { clickItem } from './click-item.ts';
import { type Database, startAmazons, startEmbedded } from './database.ts';
import { click } from './events.ts';
import { figureOf, ratioOf } from './figure.ts';
import { lambdaEnvironment, type Measured, startInstance } from './instance.ts';
import { setScene } from './scene.ts';

/** Clicks of a process until it is compiled as far as it will be. */
const WARM_UP = { warmUp: 2_000, times: 0 };

/** Clicks in a turn: so few that what disturbs the machine disturbs both sides. */
const TURN = { warmUp: 50, times: 600 };

/** Clicks one after the other, as Lambda has them, against those of the floor. */
export const warm: Benchmark = {
  title: 'Warm click',

  run: async (bench) => {
    const rows: Row[][] = bench.builds.map(() => []);
    for await (const database of databases(bench)) {
      const measured = await measure(bench, database);
      for (const [index, ofBuild] of measured.entries()) rows[index]?.push(...ofBuild);
    }
    return rows.map((warm) => ({ warm }));
  },
};

async function* databases({ directory, quick }: Bench): AsyncGenerator<Database> {
  const embedded = await startEmbedded(directory);
  yield embedded;
  await embedded.stop();
  if (quick) return;
  const amazons = await startAmazons(directory).catch(({ message }: Error) => {
    console.log(`  Not on Amazon's DynamoDB Local. ${message}`);
  });
  if (amazons === undefined) return;
  yield amazons;
  await amazons.stop();
}

async function measure({ builds, floor, quick }: Bench, database: Database): Promise<Row[][]> {
  const program = floor.instance;
  const hits = builds.map(({ bundles }) => join(bundles, 'hit/index.mjs'));
  const item = await clickItem(database, { program, bundle: hits[0] ?? '' });
  const { referral } = await setScene(database.services, { clicks: 0 });
  const event = click(referral.code);
  const environment = {
    ...lambdaEnvironment(database.endpoint),
    CLICK_ITEM: JSON.stringify({ ...item, gsi1pk: { S: `REFERRAL#${referral.code}#0` } }),
  };
  const measured: Warm[][] = [];
  const rounds = quick ? 3 : 5;
  for (let round = 1; round <= rounds; round++) {
    const instances = [floor.bare, ...hits].map((bundle) =>
      startInstance({ program, bundle, environment }),
    );
    for (const { run } of instances) await run({ event, ...WARM_UP });
    const turns = await alternate(
      `turns of round ${round} of ${rounds} on ${database.name}`,
      quick ? 4 : 8,
      instances,
      async ({ run }) => (await run({ event, ...TURN })).warm,
    );
    await Promise.all(instances.map(({ stop }) => stop()));
    for (const [side, warm] of turns.entries())
      measured[side] = [...(measured[side] ?? []), ...warm];
  }
  const [bare = [], ...ours] = measured;
  return ours.map((hit) => [
    { name: `bare client on ${database.name}`, figures: figures(bare) },
    {
      name: `hit on ${database.name}`,
      figures: {
        ...figures(hit),
        'p50 ÷ bare': ratioOf(each(hit, 'p50'), each(bare, 'p50')),
        'CPU ÷ bare': ratioOf(each(hit, 'cpu'), each(bare, 'cpu')),
      },
    },
  ]);
}

type Warm = Measured['warm'];

const figures = (rounds: readonly Warm[]) => ({
  'p50, ms': figureOf(each(rounds, 'p50')),
  'p99, ms': figureOf(each(rounds, 'p99')),
  'CPU, ms': figureOf(each(rounds, 'cpu')),
});

const each = (rounds: readonly Warm[], name: keyof Warm) => rounds.map((round) => round[name]);
