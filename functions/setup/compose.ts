import { randomBytes, randomInt } from 'node:crypto';
import { customAlphabet } from 'nanoid';
import { monotonicFactory } from 'ulid';
import { deploymentKeys } from '../core/deployment-keys.ts';
import type { Services } from '../core/services.ts';
import type { Store } from '../core/store.ts';
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
 * @param store or the part of it that is needed.
 */
export async function compose<
  Stored extends Pick<Store, 'findReferral' | 'readKeys' | 'createKey'>,
>(settings: FunctionSettings, store: Stored): Promise<FunctionServices<Stored>> {
  const { code } = settings;
  const hooks = await loadHooks(settings.hooks);
  // Of the suitable random sources, this one keeps a supply of randomness and costs a fiftieth.
  const newId = monotonicFactory(() => randomInt(32) / 32);
  const drawCode = customAlphabet(code.alphabet, code.length);
  const now = () => new Date();
  return {
    settings,
    store,
    hooks,
    now,
    randomBytes,
    keys: deploymentKeys({ store, now, randomBytes }),
    newId: (time) => newId(time.getTime()),
    newCode: hooks.generateCode ?? (() => drawCode()),
    findRecentReferral: rememberReferrals(store),
  };
}
