import { isIP } from 'node:net';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import pTimeout from 'p-timeout';
import { ReferralsError } from '../core/errors.ts';
import { isCode } from '../core/referral.ts';
import type { Response } from '../core/response.ts';
import type { Services } from '../core/services.ts';
import type { Page } from '../core/store.ts';
import { type Hooks, hookNames } from '../hooks.ts';

/** How long a click waits for an optional hook, in milliseconds. */
const HOOK_PATIENCE = 200;

/** Calls of the app's hooks. They check the results. */
export interface HookCalls {
  /** Makes the code of a referral; undefined if there is no such hook. */
  readonly generateCode: Services['newCode'] | undefined;
  /** The IP that the hook finds in an event; undefined if there is no hook or it fails. */
  readonly clientIp: (event: APIGatewayProxyEventV2) => Promise<string | undefined>;
  /** Removes the responses from a page that the hook does not include. */
  readonly includedResponses: (page: Page<Response>) => Promise<Page<Response>>;
}

/**
 * Loads the app's hooks. If the module can't be loaded, the calls that need it fail, but not the whole
 * function.
 *
 * @param path of the module; undefined if there are no hooks.
 */
export async function loadHooks(path: string | undefined): Promise<HookCalls> {
  const hooks = path === undefined ? {} : await importHooks(path);
  return {
    generateCode: hooks.generateCode && checked('generateCode', isCode, hooks.generateCode),
    clientIp: async (event) => {
      const { clientIp } = hooks;
      if (clientIp === undefined) return undefined;
      const isRight = (ip: string | undefined) => ip === undefined || isIP(ip) !== 0;
      const inTime = checked('clientIp', isRight, () =>
        pTimeout(Promise.try(clientIp, event), { milliseconds: HOOK_PATIENCE }),
      );
      try {
        return await inTime();
      } catch (error) {
        const { logger } = await import('./telemetry.ts');
        logger.setCorrelationId(event.requestContext.requestId);
        logger.error('A hook failed. The request continues without it.', error as Error);
        return undefined;
      }
    },
    includedResponses: async (page) => {
      if (hooks.includeResponse === undefined) return page;
      const isBoolean = (value: boolean) => typeof value === 'boolean';
      const isIncluded = checked('includeResponse', isBoolean, hooks.includeResponse);
      const included = await Promise.all(page.items.map((response) => isIncluded(response)));
      return { ...page, items: page.items.filter((_, index) => included[index]) };
    },
  };
}

/** Makes a hook fail with the same error, whether it throws or returns a wrong result. */
const checked =
  <Parameters extends unknown[], Result>(
    name: keyof Hooks,
    isRight: (result: Result) => boolean,
    hook: (...parameters: Parameters) => Result | Promise<Result>,
  ) =>
  async (...parameters: Parameters): Promise<Result> => {
    const failed = (cause?: unknown) =>
      new ReferralsError('hook_failed', `The hook ${name} failed.`, { cause });
    const result = await Promise.try(hook, ...parameters).catch((cause) => {
      throw failed(cause);
    });
    if (!isRight(result)) {
      // The message omits the value, because it is logged and may be somebody's name or address.
      throw failed(new TypeError(`It returned a wrong value, of type ${typeof result}.`));
    }
    return result;
  };

async function importHooks(path: string): Promise<Hooks> {
  try {
    return await import(path);
  } catch (error) {
    const { logger } = await import('./telemetry.ts');
    logger.error('The hooks module could not be loaded.', error as Error);
    const fail = () => Promise.reject(error);
    return Object.fromEntries(hookNames.map((name) => [name, fail]));
  }
}
