import { createSecretKey, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import { customAlphabet } from 'nanoid';
import { monotonicFactory } from 'ulid';
import { inject, onTestFinished } from 'vitest';
import { type ClickServices, recordClick } from '../../functions/core/click.ts';
import { createReferral } from '../../functions/core/create-referral.ts';
import { RESPONDED, type Response } from '../../functions/core/response.ts';
import type { DeploymentKeys, Services } from '../../functions/core/services.ts';
import { signSession } from '../../functions/core/session.ts';
import type { Settings } from '../../functions/core/settings.ts';
import { createClients, type Table } from '../../functions/store/client.ts';
import { createStore } from '../../functions/store/dynamodb-store.ts';
import { createTable } from '../../local/dynamodb.ts';
import type { Outputs } from '../../local/outputs.ts';
import { BROWSER } from './client.ts';

const settings: Settings = {
  apiUrl: 'https://api.example.com',
  appUrl: 'https://app.example.com',
  defaultRedirectTo: 'https://app.example.com/',
  redirectOrigins: ['https://app.example.com'],
  attribution: { model: 'last', window: undefined, newUsersOnly: false },
  retention: undefined,
  code: { custom: false, ignoreCase: false },
  events: { clicks: 'all' },
  maxReferralsPerUser: 1000,
  signUpWindow: 7 * 24 * 60 * 60,
};

/** The key of the shared service; empty if there is none. */
const sessionKey = createSecretKey(inject('sessionKey') ?? '', 'base64');
const dayKeys = new Map<number, KeyObject>();
const fixedKeys: DeploymentKeys = {
  ofSessions: async () => sessionKey,
  ofDay: async (day) => {
    const key = dayKeys.get(day) ?? createSecretKey(randomBytes(32));
    dayKeys.set(day, key);
    return key;
  },
  prepare: async () => {},
};

const drawCode = customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', 12);

/** The domain on the real table, with a clock that a test can turn. */
export interface Domain extends Services, Omit<ClickServices, 'store' | 'settings'> {
  readonly table: Table;
  readonly clock: { now: Date };
  readonly newCode: () => string;
}

/** Makes the domain on the table of a running service. */
export function domainOn(
  { DynamoDBEndpoint, TableName }: Outputs,
  overrides: Partial<Settings> = {},
): Domain {
  useEmulator(DynamoDBEndpoint);
  // A test puts many rows at once. A small machine may need more time for that than a click may take.
  const clients = createClients({ connectionTimeout: 5_000, requestTimeout: 5_000 });
  const table = { ...clients, name: TableName };
  onTestFinished(() => clients.close());
  const store = createStore(table);
  const clock = { now: new Date() };
  let latest = { now: clock.now, newId: monotonicFactory() };
  return {
    store,
    table,
    clock,
    settings: { ...settings, ...overrides },
    now: () => clock.now,
    newId: (now) => {
      // Ids grow within a process, except if its clock is turned back.
      const { newId } = now < latest.now ? { newId: monotonicFactory() } : latest;
      latest = { now, newId };
      return newId(now.getTime());
    },
    inTime: (promise) => promise,
    queueClick: undefined,
    newCode: () => drawCode(),
    randomBytes,
    keys: fixedKeys,
    findRecentReferral: store.findReferral,
  };
}

/** Makes a new table. No consumer follows it, and no schedule closes its hours. */
export async function ownTable<Named extends Outputs>(outputs: Named): Promise<Named> {
  const TableName = `own-${randomUUID()}`;
  useEmulator(outputs.DynamoDBEndpoint);
  await createTable(outputs.DynamoDBEndpoint, TableName, false);
  return { ...outputs, TableName };
}

export const useEmulator = (endpoint: string) =>
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: 'local',
  });

/** Makes a session that the shared service takes for its own. */
export const newSession = (): string => signSession(randomBytes(16), sessionKey);
export const newUserId = (): string => randomUUID();

/** A first click of a new visitor, not stored yet. */
export const newClick = ({ newId }: Pick<Domain, 'newId'>, code: string, at: Date): Response => ({
  id: newId(at),
  code,
  action: RESPONDED,
  kind: 'human',
  first: true,
  trusted: true,
  session: newSession(),
  createdAt: at.toISOString(),
});

/** Makes a referral of a new owner, and lets a visitor click it. */
export async function clicked(domain: Domain, visitor = { session: newSession() }) {
  const { referral } = await createReferral(domain, { userId: newUserId(), redirectTo: '/' });
  await recordClick(domain, {
    code: referral.code,
    method: 'GET',
    sessions: [visitor.session],
    redirectTo: undefined,
    purpose: undefined,
    userAgent: BROWSER,
  });
  return { visitor, referral };
}
