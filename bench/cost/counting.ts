import { startEventBus } from '../../test/faults/event-bus.ts';
import { type Build, bundleOf } from '../build.ts';
import type { Database } from '../database.ts';
import type { Invocation } from '../events.ts';
import { type Instance, lambdaEnvironment, startInstance, type Task } from '../instance.ts';
import { startMeter, type Usage } from './usage.ts';

/** The functions of a build on a database. Each keeps its instance from one call to the next. */
export interface Counting {
  /** Invokes a function behind a proxy that counts. */
  readonly count: (invocation: Invocation, status?: number) => Promise<Usage>;
  /** Invokes a function many times, with nothing between it and the database. */
  readonly time: (invocation: Invocation, often: Omit<Task, 'event'>) => Promise<Timed>;
  readonly stop: () => Promise<void>;
}

export interface Timed {
  /** Milliseconds of the first invocation. */
  readonly first: number;
  /** Milliseconds that Lambda bills for an invocation, on average. */
  readonly billed: number;
  /** Bytes that an invocation logs, on average. */
  readonly logged: number;
  /** Events that an invocation publishes, on average. */
  readonly published: number;
}

/** Starts to count and time the functions of a build. */
export async function startCounting(
  floor: Build,
  build: Build,
  { endpoint }: Database,
): Promise<Counting> {
  const meter = await startMeter(endpoint);
  const bus = await startEventBus();
  const instances = new Map<string, Instance>();
  const instanceOn = (database: string, name: string): Instance => {
    const key = `${database} ${name}`;
    const environment = lambdaEnvironment(database, bus.endpoint);
    const instance =
      instances.get(key) ?? startInstance(floor, bundleOf(build, name), environment, true);
    instances.set(key, instance);
    return instance;
  };
  return {
    count: ({ function: name, event }, status) =>
      meter.usageOf(() => instanceOn(meter.endpoint, name).run({ event }, status)),
    time: async ({ function: name, event }, often) => {
      const { run, logged } = instanceOn(endpoint, name);
      const before = { logged: logged(), published: bus.events.length };
      const { cold, warm } = await run({ event, ...often });
      const invocations = 1 + (often.warmUp ?? 0) + (often.times ?? 0);
      return {
        first: cold.first,
        billed: warm.billed,
        logged: (logged() - before.logged) / invocations,
        published: (bus.events.length - before.published) / invocations,
      };
    },
    stop: async () => {
      await Promise.all([...instances.values()].map(({ stop }) => stop()));
      bus.stop();
      meter.stop();
    },
  };
}
