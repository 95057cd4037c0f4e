import { startEventBus } from '../../test/faults/event-bus.ts';
import { type Build, bundleOf } from '../build.ts';
import type { Database } from '../database.ts';
import type { Invocation } from '../events.ts';
import { type Instance, lambdaEnvironment, startInstance, type Task } from '../instance.ts';
import { startMeter } from './usage.ts';

export type Counting = Awaited<ReturnType<typeof startCounting>>;

/** Starts to count and time the functions of a build. Each keeps its instance from one call to the next. */
export async function startCounting(floor: Build, build: Build, { endpoint, services }: Database) {
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
    services,
    /** Invokes a function behind a proxy that counts. */
    count: ({ function: name, event }: Invocation, status?: number) =>
      meter.usageOf(() => instanceOn(meter.endpoint, name).run({ event }, status)),
    /** Invokes a function without the proxy. Gives milliseconds, and per invocation bytes and events. */
    time: async ({ function: name, event }: Invocation, often: Omit<Task, 'event'>) => {
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
