import { isWrite } from '../../test/dynamodb-proxy/accesses.ts';
import { startDynamoDBProxy } from '../../test/dynamodb-proxy/proxy.ts';
import { startEventBus } from '../../test/faults/event-bus.ts';
import { type Build, bundleOf } from '../build.ts';
import type { Database } from '../database.ts';
import type { Invocation } from '../events.ts';
import { type Instance, lambdaEnvironment, startInstance } from '../instance.ts';
import type { Task } from '../lambda/instance.ts';
import { prices } from './prices.ts';

/** Calls of DynamoDB, and the units that the database reports for them. */
export interface Usage {
  readonly reads: number;
  readonly writes: number;
  readonly readUnits: number;
  /** Units of the table. */
  readonly writeUnits: number;
  /** Units of the index. */
  readonly indexWriteUnits: number;
}

/** Dollars for a million times. */
export const dollarsOf = ({ readUnits, writeUnits, indexWriteUnits }: Usage): number =>
  readUnits * prices.readUnits + (writeUnits + indexWriteUnits) * prices.writeUnits;

/** The part of `ReturnConsumedCapacity` that is read; a transaction has one for each table. */
interface Consumed {
  readonly Table: { readonly CapacityUnits: number };
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, { readonly CapacityUnits: number }>>;
}

export const NOTHING: Usage = {
  reads: 0,
  writes: 0,
  readUnits: 0,
  writeUnits: 0,
  indexWriteUnits: 0,
};

/** Adds a usage so many times; -1 subtracts it. */
export const plus = (usage: Usage, other: Usage, times = 1): Usage => ({
  reads: usage.reads + times * other.reads,
  writes: usage.writes + times * other.writes,
  readUnits: usage.readUnits + times * other.readUnits,
  writeUnits: usage.writeUnits + times * other.writeUnits,
  indexWriteUnits: usage.indexWriteUnits + times * other.indexWriteUnits,
});

export const callsOf = ({ reads, writes }: Usage): number => reads + writes;

/** What the function meets when it is invoked. */
interface Circumstances {
  /** The status of its answer; by default any below 400. */
  readonly status?: number | undefined;
  /** The time that it sees, in epoch milliseconds; by default the real one. */
  readonly at?: number;
  /** Which of its instances is invoked. */
  readonly instance?: number;
}

export type Counting = Awaited<ReturnType<typeof startCounting>>;

/** Starts to count and time the functions of a build. Each keeps its instance from one call to the next. */
export async function startCounting(floor: Build, build: Build, { endpoint, services }: Database) {
  let usage = NOTHING;
  const proxy = await startDynamoDBProxy(endpoint);
  proxy.rewrite = (_, input) => ({ ...input, ReturnConsumedCapacity: 'INDEXES' });
  proxy.reshape = (operation, _, { ConsumedCapacity, ...output }) => {
    for (const consumed of [ConsumedCapacity].flat())
      usage = plus(usage, unitsOf(operation, consumed));
    return output;
  };
  const bus = await startEventBus();
  const instances = new Map<string, Instance>();
  const instanceOn = (database: string, name: string, number = 0): Instance => {
    const key = `${database} ${name} ${number}`;
    const environment = lambdaEnvironment(database, bus.endpoint);
    const instance =
      instances.get(key) ?? startInstance(floor, bundleOf(build, name), environment, true);
    instances.set(key, instance);
    return instance;
  };
  return {
    services,
    /** Invokes a function behind a proxy that counts. Gives the milliseconds, too. */
    count: async (
      { function: name, event }: Invocation,
      { status, at, instance }: Circumstances = {},
    ): Promise<Usage & { readonly milliseconds: number }> => {
      usage = NOTHING;
      proxy.operations.length = 0;
      const { cold } = await instanceOn(proxy.endpoint, name, instance).run({ event, at }, status);
      const writes = proxy.operations.filter(isWrite).length;
      const reads = proxy.operations.length - writes;
      return { ...usage, writes, reads, milliseconds: cold.first };
    },
    /** Ends the instances of a function that were counted. The next invocations start others. */
    end: async (name: string): Promise<void> => {
      const ended = [...instances].filter(([key]) => key.startsWith(`${proxy.endpoint} ${name} `));
      for (const [key, { stop }] of ended) {
        instances.delete(key);
        await stop();
      }
    },
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
      proxy.stop();
    },
  };
}

function unitsOf(operation: string, { Table, GlobalSecondaryIndexes }: Consumed): Usage {
  const table = Table.CapacityUnits;
  const index = Object.values(GlobalSecondaryIndexes ?? {})
    .map(({ CapacityUnits }) => CapacityUnits)
    .reduce((a, b) => a + b, 0);
  return isWrite(operation)
    ? { ...NOTHING, writeUnits: table, indexWriteUnits: index }
    : { ...NOTHING, readUnits: table + index };
}
