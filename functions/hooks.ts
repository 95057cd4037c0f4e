import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { NewReferral, Owner } from './core/referral.ts';
import type { Response } from './core/response.ts';

/**
 * The exports of a hooks module. Each is optional and may be asynchronous. If a hook throws or returns a
 * wrong value, the call fails with `hook_failed`. If `clientIp` fails, the click is still recorded.
 *
 * @example
 * // hooks.mjs: codes that people recognise and that nobody else has
 * const random = () => Math.random().toString(36).slice(2, 8);
 * export const generateCode = (referral, owner) =>
 *   `${String(owner?.attributes.name ?? 'link').replace(/\W/g, '').slice(0, 20)}-${random()}`;
 */
export interface Hooks {
  /**
   * The code of a new referral: `[A-Za-z0-9_-]{1,64}`. If it is taken, the caller gets a 409.
   *
   * @default - random characters of the configured alphabet
   */
  readonly generateCode?: (
    referral: NewReferral,
    owner: Owner | undefined,
  ) => string | Promise<string>;
  /**
   * The visitor's IP address; undefined for the default.
   *
   * @default - API Gateway's own source IP, or the header that `clientIpHeader` names
   */
  readonly clientIp?: (
    event: APIGatewayProxyEventV2,
  ) => string | undefined | Promise<string | undefined>;
  /**
   * Whether a response is shown to the referral's owner. A page is filtered after it is read, so it may have
   * fewer items than its limit.
   *
   * @default - all responses are shown
   */
  readonly includeResponse?: (response: Response) => boolean | Promise<boolean>;
}

/** Names of all hooks. */
export const hookNames = ['generateCode', 'clientIp', 'includeResponse'] as const;
