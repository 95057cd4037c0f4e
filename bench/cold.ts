import { type FunctionName, functionNames } from '../functions/manifest.ts';
import { startEventBus } from '../test/faults/event-bus.ts';
import { alternate } from './alternate.ts';
import type { Benchmark } from './benchmark.ts';
import { type Build, bundleOf, hasFunction } from './build.ts';
import { bundleSize } from './bundle-size.ts';
import { startEmbedded } from './database.ts';
import { usual } from './events.ts';
import { figuresOf, ratioOf } from './figure.ts';
import { lambdaEnvironment, startInstance } from './instance.ts';
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
        .map((name) => side(name, build, name, name)),
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
      async ({ bundle, invocation }) => {
        const { event } = invocation(await setScene(database.services));
        const instance = startInstance(floor, bundle, environment);
        const { cold } = await instance.run({ event });
        await instance.stop();
        return {
          'import, ms': cold.imported,
          'first, ms': cold.first,
          'both, ms': cold.imported + cold.first,
          'CPU, ms': cold.cpu,
        };
      },
    );
    bus.stop();
    await database.stop();

    const row = async (side: Side): Promise<Row> => ({
      name: side.name,
      figures: {
        ...(await bundleSize(side.bundle)),
        ...figuresOf(measured(side)),
        ...(side !== bare && {
          'both ÷ bare': ratioOf(measured(side), measured(bare), 'both, ms'),
        }),
      },
    });
    return Promise.all(
      ours.map(async (sides) => ({ cold: await Promise.all([empty, bare, ...sides].map(row)) })),
    );
  },
};

type Side = ReturnType<typeof side>;

/** A bundle, and the function whose usual event it gets. */
const side = (name: string, build: Build, bundle: string, eventOf: FunctionName) => ({
  name,
  bundle: bundleOf(build, bundle),
  invocation: usual(eventOf),
});
