import { functionNames } from '../functions/triggers.ts';
import { startEventBus } from '../test/faults/event-bus.ts';
import { alternate } from './alternate.ts';
import type { Benchmark } from './benchmark.ts';
import { type Build, bundleOf, hasFunction } from './build.ts';
import { bundleSize } from './bundle-size.ts';
import { startEmbedded } from './database.ts';
import { usualEvent } from './events.ts';
import { figureOf, ratioOf } from './figure.ts';
import { lambdaEnvironment, type Measured, startInstance } from './instance.ts';
import { bareEnvironment, setScene } from './scene.ts';
import type { Row } from './table.ts';

/** Import and first invocation of every function in a new process, compared with the bare client. */
export const cold: Benchmark = {
  title: 'Cold start',

  run: async ({ builds, floor, quick, directory }) => {
    const bare = side('bare client', floor, 'bare', 'hit');
    const empty = side('empty handler', floor, 'empty', 'hit');
    const ours = builds.map((build) =>
      functionNames
        .filter((name) => hasFunction(build, name))
        .map((name) => side(name, build, name)),
    );
    const database = await startEmbedded(directory);
    const bus = await startEventBus();
    const environment = {
      ...lambdaEnvironment(database.endpoint, bus.endpoint),
      ...bareEnvironment(await setScene(database.services)),
    };
    const measured = await alternate(
      'cold starts',
      quick ? 10 : 30,
      [bare, empty, ...ours.flat()],
      async ({ bundle, eventIn }) => {
        const event = eventIn(await setScene(database.services));
        const instance = startInstance(floor, bundle, environment);
        const { cold } = await instance.run({ event });
        await instance.stop();
        return cold;
      },
    );
    bus.stop();
    await database.stop();

    const row = async (side: Side): Promise<Row> => {
      const rounds = measured(side);
      const { loaded, all } = await bundleSize(side.bundle);
      return {
        name: side.name,
        figures: {
          'loaded, KB': loaded / 1000,
          'all, KB': all / 1000,
          'import, ms': figureOf(rounds.map(({ imported }) => imported)),
          'first, ms': figureOf(rounds.map(({ first }) => first)),
          'both, ms': figureOf(rounds.map(both)),
          'CPU, ms': figureOf(rounds.map(({ cpu }) => cpu)),
          ...(side !== bare && {
            'both ÷ bare': ratioOf(rounds.map(both), measured(bare).map(both)),
          }),
        },
      };
    };
    return Promise.all(
      ours.map(async (sides) => ({ cold: await Promise.all([empty, bare, ...sides].map(row)) })),
    );
  },
};

type Side = ReturnType<typeof side>;

/** A bundle, and the usual event of a function. */
const side = (name: string, build: Build, bundle: string, eventOf = bundle) => ({
  name,
  bundle: bundleOf(build, bundle),
  eventIn: usualEvent(eventOf),
});

const both = ({ imported, first }: Measured['cold']): number => imported + first;
