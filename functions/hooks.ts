import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { NewReferral, Owner } from './core/referral.ts';
import type { Response } from './core/response.ts';

/**
 * What a hooks module may export; each is optional and may be asynchronous. A hook that throws or returns
 * something else fails the call as `hook_failed`, except for `clientIp`: a click is never lost for it.
 *
 * @example
 * // hooks.mjs: codes that people recognise, and that nobody else has
 * const random = () => Math.random().toString(36).slice(2, 8);
 * export const generateCode = (referral, owner) =>
 *   `${String(owner?.attributes.name ?? 'link').replace(/\W/g, '').slice(0, 20)}-${random()}`;
 */
export interface Hooks {
  /**
   * The code of a new referral: `[A-Za-z0-9_-]{1,64}`. One that is taken is a 409 for the caller.
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
   * Whether a response is shown to the referral's owner. A page is filtered after it was read, so it may
   * have fewer items than its limit.
   *
   * @default - all are
   */
  readonly includeResponse?: (response: Response) => boolean | Promise<boolean>;
}

/** Names of the hooks there are. */
export const hookNames = ['generateCode', 'clientIp', 'includeResponse'] as const;
