import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { customAlphabet } from 'nanoid';
import { monotonicFactory } from 'ulid';
import type { Services } from '../functions/core/services.ts';
import type { Hooks } from '../functions/hooks.ts';
import { createClient } from '../functions/store/client.ts';
import { createStore } from '../functions/store/dynamodb-store.ts';
import { Refusal } from './refusal.ts';

// The defaults of functions/edge/settings.ts, which the environment of a deployed function may override.
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

// Milliseconds. The functions' own are for a network inside AWS; from here a handshake alone may take that.
const FROM_A_DESK = { connectionTimeout: 5_000, requestTimeout: 5_000 };

export interface TableServices extends Services {
  /** Closes the connections to DynamoDB. */
  readonly close: () => void;
}

export interface ServicesOptions {
  readonly tableName: string;
  /** Where users' own links lead: an absolute URL. */
  readonly redirectTo: string;
  /** The deployment's module of hooks, whose `generateCode` makes the codes. */
  readonly hooks?: string;
}

/**
 * What core works with, on a table given by its name. Endpoint, region and credentials come from the
 * environment, as the SDK has it.
 *
 * @throws Refusal where the hooks can't be loaded.
 */
export async function createServices(options: ServicesOptions): Promise<TableServices> {
  const client = createClient(FROM_A_DESK);
  const store = createStore({ client, name: options.tableName });
  const drawCode = customAlphabet(BASE62, 10);
  const { generateCode }: Hooks = options.hooks ? await loadHooks(options.hooks) : {};
  const { origin } = new URL(options.redirectTo);
  return {
    settings: {
      apiUrl: origin,
      appUrl: origin,
      defaultRedirectTo: options.redirectTo,
      redirectOrigins: [origin],
      attribution: { model: 'last', window: undefined },
    },
    store,
    now: () => new Date(),
    newId: monotonicFactory(),
    newCode: generateCode ?? (() => drawCode()),
    newSession: () => randomBytes(16).toString('base64url'),
    findRecentReferral: store.findReferral,
    close: () => client.destroy(),
  };
}

async function loadHooks(path: string): Promise<Hooks> {
  try {
    return await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    throw new Refusal(`--hooks: ${error instanceof Error ? error.message : error}`);
  }
}
