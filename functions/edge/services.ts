import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { customAlphabet } from 'nanoid';
import { monotonicFactory } from 'ulid';
import type { Referral } from '../core/referral.ts';
import type { Services } from '../core/services.ts';
import type { Store } from '../core/store.ts';
import { createClient } from '../store/client.ts';
import { createStore } from '../store/dynamodb-store.ts';
import { generateCode } from './hooks.ts';
import { type EdgeSettings, readSettings } from './settings.ts';

// Milliseconds. What can't be written is queued, and both have to be done within a visitor's patience.
const SHORT = { connectionTimeout: 250, requestTimeout: 300 };

/** The composition root: everything that the functions work with, made once for each function instance. */
export const services = createServices(readSettings(process.env));

/** Hours that were marked as open while they ran, see `changeFollower`. */
export const runningHours = new LRUCache<string, true>({ max: 10_000 });

function createServices(settings: EdgeSettings): Services & { settings: EdgeSettings } {
  const { tableName: name, code, retention, clickQueueUrl } = settings;
  const timeouts = clickQueueUrl === undefined ? undefined : SHORT;
  const newId = monotonicFactory();
  const drawCode = customAlphabet(code.alphabet, code.length);
  const store = createStore({ client: createClient(timeouts), name, retention });
  return {
    settings,
    store,
    now: () => new Date(),
    newId: (time) => newId(time.getTime()),
    newCode: generateCode ?? (() => drawCode()),
    newSession: () => randomBytes(16).toString('base64url'),
    findRecentReferral: rememberReferrals(store),
  };
}

/**
 * Looks referrals up, and remembers one for a minute and a miss for five seconds. Where the table can't be
 * read, what it knew last is good enough.
 */
function rememberReferrals(store: Store): Services['findRecentReferral'] {
  const cache = new LRUCache<string, { referral: Referral | undefined }>({
    max: 1000,
    fetchMethod: async (code, known, { options }) => {
      try {
        const referral = await store.findReferral(code);
        options.ttl = referral === undefined ? 5_000 : 60_000;
        return { referral };
      } catch (error) {
        if (known?.referral === undefined) throw error;
        options.ttl = 5_000;
        return known;
      }
    },
  });
  return async (code) => (await cache.fetch(code))?.referral;
}
