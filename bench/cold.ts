import { join } from 'node:path';
import { functionNames } from '../functions/manifest.ts';
import { startEventBus } from '../test/faults/event-bus.ts';
import { alternate } from './alternate.ts';
import type { Benchmark, Row } from './benchmark.ts';
import { bundleSize } from './bundle-size.ts';
import { clickItem } from './click-item.ts';
import { startEmbedded } from './database.ts';
import { eventOf } from './events.ts';
import { figureOf, ratioOf } from './figure.ts';
import { lambdaEnvironment, type Measured, startInstance } from './instance.ts';
import { setScene } from './scene.ts';

/** A bundle, and the function whose events it is invoked with. */
interface Side {
  readonly name: string;
  readonly bundle: string;
}

/** Import and first invocation in a new process, of every function, against a bare client. */
export const cold: Benchmark = {
  title: 'Cold start',

  run: async ({ builds, floor, quick, directory }) => {
    const program = floor.instance;
    const database = await startEmbedded(directory);
    const bus = await startEventBus();
    const ours = builds.map(({ bundles }) =>
      functionNames.map((name): Side => ({ name, bundle: join(bundles, name, 'index.mjs') })),
    );
    const [hit] = ours[0] as [Side, ...Side[]];
    const item = await clickItem(database, { program, bundle: hit.bundle });
    const environment = {
      ...lambdaEnvironment(database.endpoint, bus.endpoint),
      CLICK_ITEM: JSON.stringify(item),
    };
    const bare = { name: 'bare client', bundle: floor.bare };
    const empty = { name: 'empty handler', bundle: floor.empty };
    const sides: Side[] = [bare, empty, ...ours.flat()];
    const measured = await alternate(
      'cold starts',
      quick ? 10 : 30,
      sides,
      async ({ name, bundle }) => {
        const scene = await setScene(database.services);
        const event = (eventOf[name] ?? eventOf.hit)?.(scene);
        const instance = startInstance({ program, bundle, environment });
        const { cold } = await instance.run({ event, warmUp: 0, times: 0 });
        await instance.stop();
        return cold;
      },
    );
    bus.stop();
    await database.stop();

    const ofSide = new Map(sides.map((side, index) => [side, measured[index] ?? []]));
    const both = (side: Side) =>
      (ofSide.get(side) ?? []).map(({ imported, first }) => imported + first);
    const row = async (side: Side): Promise<Row> => {
      const rounds = ofSide.get(side) ?? [];
      const { loaded, all } = await bundleSize(side.bundle);
      return {
        name: side.name,
        figures: {
          'loaded, KB': loaded / 1000,
          'all, KB': all / 1000,
          'import, ms': figureOf(each(rounds, 'imported')),
          'first, ms': figureOf(each(rounds, 'first')),
          'both, ms': figureOf(both(side)),
          'CPU, ms': figureOf(each(rounds, 'cpu')),
          ...(side !== bare && { 'both ÷ bare': ratioOf(both(side), both(bare)) }),
        },
      };
    };
    return Promise.all(
      ours.map(async (functions) => ({
        cold: await Promise.all([empty, bare, ...functions].map(row)),
      })),
    );
  },
};

type Cold = Measured['cold'];

const each = (rounds: readonly Cold[], name: keyof Cold) => rounds.map((round) => round[name]);
