import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { customAlphabet } from 'nanoid';
import { monotonicFactory } from 'ulid';
import { isCode } from '../functions/core/referral.ts';
import type { Services, StoreMethod, Using } from '../functions/core/services.ts';
import type { Hooks } from '../functions/hooks.ts';
import { createClients } from '../functions/store/client.ts';
import { createStore } from '../functions/store/dynamodb-store.ts';
import { Refusal } from './refusal.ts';

// Milliseconds. The functions' timeouts are for the AWS network; here, a handshake alone may take as long.
const FROM_A_DESK = { connectionTimeout: 5_000, requestTimeout: 5_000 };

/** Services that core needs to work with a table. */
export type TableServices = Using<StoreMethod, 'now' | 'newId', 'retention'> & {
  /** Closes the connections to DynamoDB. */
  readonly close: () => void;
};

/** Services that core needs to make users' own links. */
export type LinkServices = Using<
  StoreMethod,
  'now' | 'newId' | 'newCode',
  'defaultRedirectTo' | 'code'
> &
  Pick<TableServices, 'close'>;

/**
 * Opens a table by its name. Endpoint, region and credentials come from the environment.
 *
 * @param retention seconds until responses are deleted; undefined for never.
 */
export function createServices(tableName: string, retention?: number): TableServices {
  const clients = createClients(FROM_A_DESK);
  const newId = monotonicFactory();
  return {
    store: createStore({ ...clients, name: tableName }),
    settings: { retention },
    now: () => new Date(),
    newId: (time) => newId(time.getTime()),
    close: () => clients.close(),
  };
}

export interface LinkOptions {
  readonly tableName: string;
  /** Destination of users' own links, an absolute URL. */
  readonly redirectTo: string;
  /** Length and alphabet of a code, as deployed. */
  readonly codeLength: number;
  readonly codeAlphabet: string;
  /** Whether codes are in lower case, as deployed. */
  readonly codeIgnoreCase?: boolean;
  /** The deployment's hooks module. Its `generateCode` makes the codes. */
  readonly hooks?: string;
}

/**
 * Opens a table to make links in it.
 *
 * @throws Refusal if the hooks can't be loaded.
 */
export async function createLinkServices(options: LinkOptions): Promise<LinkServices> {
  const { generateCode }: Hooks = options.hooks ? await loadHooks(options.hooks) : {};
  const drawCode = customAlphabet(options.codeAlphabet, options.codeLength);
  return {
    ...createServices(options.tableName),
    settings: {
      defaultRedirectTo: options.redirectTo,
      code: { custom: false, ignoreCase: options.codeIgnoreCase ?? false },
    },
    newCode: generateCode ? checked(generateCode) : () => drawCode(),
  };
}

/** Checks codes as the functions do, because a link with an invalid code could be stored but not opened. */
const checked =
  (generateCode: NonNullable<Hooks['generateCode']>): Services['newCode'] =>
  async (referral, owner) => {
    const code = await generateCode(referral, owner);
    if (!isCode(code)) throw new Error('The hook generateCode returned no valid code.');
    return code;
  };

async function loadHooks(path: string): Promise<Hooks> {
  try {
    return await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    throw new Refusal(`--hooks: ${error instanceof Error ? error.message : error}`);
  }
}
