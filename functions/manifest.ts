import { linking, type Route, routes } from './routes.ts';
import type { FunctionStoreMethod } from './store/table-rights.ts';
import { type Trigger, triggers } from './triggers.ts';

/** The name of a Lambda function: its file in `functions/`, without the extension. */
export type FunctionName =
  | (typeof routes)[number]['function']
  | (typeof triggers)[number]['function'];

export interface FunctionManifest {
  /** Seconds. */
  readonly timeout: number;
  /** MB. */
  readonly memory: number;
  /** Store methods that the function calls. */
  readonly store: readonly FunctionStoreMethod[];
}

const invokers: readonly (Route | Trigger)[] = [...routes, ...triggers];

/** Names of all functions. */
export const functionNames = [
  ...new Set(invokers.map(({ function: name }) => name)),
] as readonly FunctionName[];

/** The needs of a function: those of all its routes and triggers together. */
export function manifestOf(name: FunctionName): FunctionManifest {
  const own = invokers.filter((invoker) => invoker.function === name);
  return {
    timeout: Math.max(...own.map(({ timeout }) => timeout)),
    // CPU grows with memory: less memory would slow down cold starts and make no click cheaper.
    memory: Math.max(...own.map((invoker) => ('memory' in invoker && invoker.memory) || 512)),
    store: own.flatMap((invoker) =>
      'auth' in invoker && invoker.auth !== 'none' ? [...linking, ...invoker.store] : invoker.store,
    ),
  };
}
