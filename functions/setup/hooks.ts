import { isIP } from 'node:net';
import pTimeout from 'p-timeout';
import { ReferralsError } from '../core/errors.ts';
import { isCode, type NewReferral, type Owner } from '../core/referral.ts';
import type { Response } from '../core/response.ts';
import type { Page } from '../core/store.ts';
import { environment as env } from '../environment.ts';
import { type Hooks, hookNames } from '../hooks.ts';
import type { HttpEvent } from '../http/http-handler.ts';

/** Milliseconds for which a click waits for a hook that it can do without. */
const HOOK_PATIENCE = 200;

const hooks = await loadHooks(process.env[env.hooks]);

/** The code that the app's hook makes for a referral; undefined where there is no such hook. */
export const generateCode = hookedCode(hooks);

/** The IP that the app's hook sees in an event; undefined where there is no hook, or it fails. */
export async function hookedClientIp(event: HttpEvent): Promise<string | undefined> {
  const { clientIp } = hooks;
  if (clientIp === undefined) return undefined;
  const isRight = (ip: string | undefined) => ip === undefined || isIP(ip) !== 0;
  try {
    return await callHook('clientIp', isRight, () =>
      pTimeout(Promise.try(clientIp, event), { milliseconds: HOOK_PATIENCE }),
    );
  } catch (error) {
    const { logger } = await import('./telemetry.ts');
    logger.setCorrelationId(event.requestContext.requestId);
    logger.error('A hook failed; the request goes on without it.', error as Error);
    return undefined;
  }
}

/** The page without the responses that the app's hook leaves out. */
export async function includedResponses(page: Page<Response>): Promise<Page<Response>> {
  const { includeResponse } = hooks;
  if (includeResponse === undefined) return page;
  const isBoolean = (value: boolean) => typeof value === 'boolean';
  const included = await Promise.all(
    page.items.map((response) =>
      callHook('includeResponse', isBoolean, () => includeResponse(response)),
    ),
  );
  return { ...page, items: page.items.filter((_, index) => included[index]) };
}

function hookedCode({ generateCode: hook }: Hooks) {
  return (
    hook &&
    ((referral: NewReferral, owner: Owner | undefined): Promise<string> =>
      callHook('generateCode', isCode, () => hook(referral, owner)))
  );
}

async function callHook<Result>(
  name: keyof Hooks,
  isRight: (result: Result) => boolean,
  call: () => Result | Promise<Result>,
): Promise<Result> {
  const failed = (cause?: unknown) =>
    new ReferralsError('hook_failed', `The hook ${name} failed.`, { cause });
  const result = await Promise.try(call).catch((cause) => {
    throw failed(cause);
  });
  if (!isRight(result)) {
    // Not the value itself: it may be somebody's name or address, and this is logged.
    throw failed(new TypeError(`It returned something else, of type ${typeof result}.`));
  }
  return result;
}

/** A module that can't be loaded fails the calls that need it, and not the whole function. */
async function loadHooks(path: string | undefined): Promise<Hooks> {
  if (path === undefined) return {};
  try {
    return await import(path);
  } catch (error) {
    const { logger } = await import('./telemetry.ts');
    logger.error('The hooks module could not be loaded.', error as Error);
    const fail = () => Promise.reject(error);
    return Object.fromEntries(hookNames.map((name) => [name, fail]));
  }
}
