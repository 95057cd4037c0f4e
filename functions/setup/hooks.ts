import { isIP } from 'node:net';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import pTimeout from 'p-timeout';
import { type ClickToClassify, type RequestKind, requestKinds } from '../core/click.ts';
import { ReferralsError } from '../core/errors.ts';
import { isCode, type Referral } from '../core/referral.ts';
import type { Response } from '../core/response.ts';
import type { Services } from '../core/services.ts';
import type { Page } from '../core/store.ts';
import { type Hooks, hookNames } from '../hooks.ts';
import { isObject } from '../validation/objects.ts';

/** How long a click waits for an optional hook, in milliseconds. */
const HOOK_PATIENCE = 200;

/** How long an answer waits for the fields that a hook adds, in milliseconds. */
const ANSWER_PATIENCE = 2_000;

/** Calls of the app's hooks. They check the results. */
export interface HookCalls {
  /** Makes the code of a referral; undefined if there is no such hook. */
  readonly generateCode: Services['newCode'] | undefined;
  /** The IP that the hook finds in an event; undefined if there is no hook or it fails. */
  readonly clientIp: (event: APIGatewayProxyEventV2) => Promise<string | undefined>;
  /** The kind that the hook gives a click; undefined if there is no hook or it fails. */
  readonly classifyClick: (
    click: ClickToClassify,
    requestId: string,
  ) => Promise<RequestKind | undefined>;
  /** Removes the responses from a page that the hook does not include. */
  readonly includedResponses: (page: Page<Response>) => Promise<Page<Response>>;
  /** The fields that the hook adds for visitors; none if there is no hook or it fails. */
  readonly publicReferral: (referral: Referral) => Promise<Readonly<Record<string, unknown>>>;
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
      const isAddress = (ip: string) => isIP(ip) !== 0;
      const call = clientIp && (() => clientIp(event));
      return optional('clientIp', isAddress, call, event.requestContext.requestId);
    },
    classifyClick: async (click, requestId) => {
      const { classifyClick } = hooks;
      const isKind = (kind: RequestKind) => requestKinds.includes(kind);
      const call = classifyClick && (() => classifyClick(click));
      return optional('classifyClick', isKind, call, requestId);
    },
    includedResponses: async (page) => {
      if (hooks.includeResponse === undefined) return page;
      const isBoolean = (value: boolean) => typeof value === 'boolean';
      const isIncluded = checked('includeResponse', isBoolean, hooks.includeResponse);
      const included = await Promise.all(page.items.map((response) => isIncluded(response)));
      return { ...page, items: page.items.filter((_, index) => included[index]) };
    },
    publicReferral: async (referral) => {
      const { publicReferral } = hooks;
      if (publicReferral === undefined) return {};
      const asJson = async (): Promise<Readonly<Record<string, unknown>>> => {
        const added = Promise.try(publicReferral, referral);
        const json = JSON.stringify(await pTimeout(added, { milliseconds: ANSWER_PATIENCE }));
        return JSON.parse(json ?? 'null');
      };
      try {
        return await checked('publicReferral', isObject, asJson)();
      } catch (error) {
        const { logger } = await import('./telemetry.ts');
        logger.error('A hook failed. The answer lacks its fields.', error as Error);
        return {};
      }
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

/** Calls a hook that a click can do without. Returns undefined if there is none, or it fails or is slow. */
async function optional<Result>(
  name: keyof Hooks,
  isRight: (result: Result) => boolean,
  hook: (() => Result | undefined | Promise<Result | undefined>) | undefined,
  requestId: string,
): Promise<Result | undefined> {
  if (hook === undefined) return undefined;
  const isRightOrNone = (result: Result | undefined) => result === undefined || isRight(result);
  const inTime = () => pTimeout(Promise.try(hook), { milliseconds: HOOK_PATIENCE });
  try {
    return await checked(name, isRightOrNone, inTime)();
  } catch (error) {
    const { logger } = await import('./telemetry.ts');
    logger.setCorrelationId(requestId);
    logger.error('A hook failed. The request continues without it.', error as Error);
    return undefined;
  }
}

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
