import { linking, type Route, routes } from './routes.ts';
import type { FunctionStoreMethod } from './store/table-rights.ts';
import { type Trigger, triggers } from './triggers.ts';

/** A Lambda function, by its file in `functions/` without the extension. */
export type FunctionName =
  | (typeof routes)[number]['function']
  | (typeof triggers)[number]['function'];

export interface FunctionManifest {
  /** Seconds that it has. */
  readonly timeout: number;
  /** Methods of the store that it calls. */
  readonly store: readonly FunctionStoreMethod[];
}

const invokers: readonly (Route | Trigger)[] = [...routes, ...triggers];

/** Every function there is. */
export const functionNames = [
  ...new Set(invokers.map(({ function: name }) => name)),
] as readonly FunctionName[];

/** What a function has to be given: as much as all together that invoke it need. */
export function manifestOf(name: FunctionName): FunctionManifest {
  const own = invokers.filter((invoker) => invoker.function === name);
  return {
    timeout: Math.max(...own.map(({ timeout }) => timeout)),
    store: own.flatMap((invoker) =>
      'auth' in invoker && invoker.auth !== 'none' ? [...linking, ...invoker.store] : invoker.store,
    ),
  };
}
