import { randomBytes, randomInt } from 'node:crypto';
import { customAlphabet } from 'nanoid';
import { monotonicFactory } from 'ulid';
import type { Services } from '../core/services.ts';
import type { Store } from '../core/store.ts';
import { createClients, type Table, type Timeouts } from '../store/client.ts';
import { type HookCalls, loadHooks } from './hooks.ts';
import { rememberReferrals } from './recent-referrals.ts';
import type { FunctionSettings } from './settings.ts';

/** All services of the functions, with the part of the store that they need. */
export interface FunctionServices<Stored = Store> extends Omit<Services, 'store' | 'settings'> {
  readonly store: Stored;
  readonly settings: FunctionSettings;
  readonly hooks: HookCalls;
}

/**
 * Makes the services of a function instance.
 *
 * @param createStore makes the store, or the part of it that is needed.
 * @param timeouts of the database; longer ones by default.
 */
export async function compose<Stored extends Pick<Store, 'findReferral'>>(
  settings: FunctionSettings,
  createStore: (table: Table) => Stored,
  timeouts?: Timeouts,
): Promise<FunctionServices<Stored>> {
  const { tableName: name, code, retention } = settings;
  const hooks = await loadHooks(settings.hooks);
  // Of the suitable random sources, this one keeps a supply of randomness and costs a fiftieth.
  const newId = monotonicFactory(() => randomInt(32) / 32);
  const drawCode = customAlphabet(code.alphabet, code.length);
  const store = createStore({ ...createClients(timeouts), name, retention });
  return {
    settings,
    store,
    hooks,
    now: () => new Date(),
    newId: (time) => newId(time.getTime()),
    newCode: hooks.generateCode ?? (() => drawCode()),
    newSession: () => randomBytes(16).toString('base64url'),
    findRecentReferral: rememberReferrals(store),
  };
}
