import { randomBytes } from 'node:crypto';
import { customAlphabet } from 'nanoid';
import QuickLRU from 'quick-lru';
import { monotonicFactory } from 'ulid';
import type { Services } from '../core/services.ts';
import { createClient } from '../store/client.ts';
import { createStore } from '../store/dynamodb-store.ts';
import { generateCode } from './hooks.ts';
import { rememberReferrals } from './recent-referrals.ts';
import { type EdgeSettings, readSettings } from './settings.ts';

// Milliseconds. What can't be written is queued, and both have to be done within a visitor's patience.
const SHORT = { connectionTimeout: 250, requestTimeout: 300 };

/** The composition root: everything that the functions work with, made once for each function instance. */
export const services = createServices(readSettings(process.env));

/** Hours that were marked as open while they ran, see `changeFollower`. */
export const runningHours = new QuickLRU<string, true>({ maxSize: 10_000 });

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
