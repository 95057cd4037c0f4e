import { join } from 'node:path';
import type { TableServices } from '../../cli/services.ts';
import { startEventBus } from '../../test/faults/event-bus.ts';
import type { Bench } from '../benchmark.ts';
import type { Build } from '../build.ts';
import { startEmbedded } from '../database.ts';
import { type Instance, lambdaEnvironment, startInstance } from '../instance.ts';
import { startMeter, type Usage } from './meter.ts';

/** A build's functions, with what counts what they do. */
export interface Counting {
  readonly services: TableServices;
  /** A function whose calls of DynamoDB are counted; the same instance every time. */
  readonly metered: (name: string) => Instance;
  /** One that nothing stands in the way of, so that it can be timed. */
  readonly timed: (name: string) => Instance;
  /** Tells what was asked of DynamoDB while something ran. */
  readonly usageOf: (run: () => Promise<unknown>) => Promise<Usage>;
  /** Events that were put on the bus so far. */
  readonly published: () => number;
  readonly stop: () => Promise<void>;
}

/** Starts counting, on a database of its own. */
export async function startCounting(
  { floor, directory }: Bench,
  { bundles }: Build,
): Promise<Counting> {
  const database = await startEmbedded(directory);
  const meter = await startMeter(database.endpoint);
  const bus = await startEventBus();
  const instances = new Map<string, Instance>();
  const startOn = (endpoint: string) => (name: string) => {
    const key = `${endpoint} ${name}`;
    const instance =
      instances.get(key) ??
      startInstance({
        program: floor.instance,
        bundle: join(bundles, name, 'index.mjs'),
        environment: lambdaEnvironment(endpoint, bus.endpoint),
        countsLog: true,
      });
    instances.set(key, instance);
    return instance;
  };
  return {
    services: database.services,
    metered: startOn(meter.endpoint),
    timed: startOn(database.endpoint),
    usageOf: meter.usageOf,
    published: () => bus.events.length,
    stop: async () => {
      await Promise.all([...instances.values()].map(({ stop }) => stop()));
      bus.stop();
      meter.stop();
      await database.stop();
    },
  };
}
