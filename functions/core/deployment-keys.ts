import { createSecretKey, type KeyObject } from 'node:crypto';
import { dayOf } from './handoff.ts';
import type { DeploymentKeys, Using } from './services.ts';

/** Bytes of a key. */
const SIZE = 32;

/** Days that the key of a day is kept, so that what was sealed before midnight opens after it. */
const KEPT = 2;

const DAY = 86_400_000;

const SESSIONS = 'SESSIONS';
const nameOf = (day: number): string => `DAY#${day}`;

/** Makes the keys of a deployment, which remember the keys that they have read. */
export function deploymentKeys({
  store,
  now,
  randomBytes,
}: Using<'readKeys' | 'createKey', 'now' | 'randomBytes'>): DeploymentKeys {
  // Node takes 9 µs more for each use of a key that is mere bytes.
  let known: ReadonlyMap<string, KeyObject> = new Map();
  let reading: Promise<void> | undefined;

  /** Reads all keys; whoever asks meanwhile waits for the same read. */
  const read = (): Promise<void> => {
    reading ??= store
      .readKeys()
      .then((keys) => {
        known = new Map([...keys].map(([name, key]) => [name, createSecretKey(key)]));
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };
  const create = async (name: string, expiresAt?: Date): Promise<KeyObject> => {
    const key = createSecretKey(await store.createKey(name, randomBytes(SIZE), expiresAt));
    known = new Map(known).set(name, key);
    return key;
  };
  const find = async (name: string): Promise<KeyObject | undefined> => {
    if (!known.has(name)) await read();
    return known.get(name);
  };
  const createDay = (day: number) => create(nameOf(day), new Date((day + KEPT) * DAY));
  const ofSessions = async () => (await find(SESSIONS)) ?? create(SESSIONS);
  const ofDay = async (day: number) => {
    const found = await find(nameOf(day));
    const today = dayOf(now().getTime());
    if (found !== undefined || day < today || day > today + 1) return found;
    return createDay(day);
  };
  return {
    ofSessions,
    ofDay,
    prepare: async () => {
      const today = dayOf(now().getTime());
      await read();
      const days = [today, today + 1].filter((day) => !known.has(nameOf(day)));
      await Promise.all([known.has(SESSIONS) || create(SESSIONS), ...days.map(createDay)]);
    },
  };
}
