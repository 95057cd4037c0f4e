import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { ClickToClassify, RequestKind } from './core/click.ts';
import type { NewReferral, Owner, Referral } from './core/referral.ts';
import type { Response } from './core/response.ts';

export type { ClickToClassify };

/**
 * The exports of a hooks module. Each is optional and may be asynchronous. If a hook throws or returns a
 * wrong value, the call fails with `hook_failed`. If `clientIp` or `classifyClick` fails or is slow, the click
 * goes on with the default. If `publicReferral` fails, the answer goes without it.
 *
 * @example
 * // hooks.mjs: codes that people recognise and that nobody else has
 * const random = () => Math.random().toString(36).slice(2, 8);
 * export const generateCode = (referral, owner) =>
 *   `${String(owner?.attributes.name ?? 'link').replace(/\W/g, '').slice(0, 20)}-${random()}`;
 */
export interface Hooks {
  /**
   * The code of a new referral, unless its owner chose one: `[A-Za-z0-9_-]{1,64}`. If it is taken, the caller
   * gets a 409.
   *
   * @default - random characters of the configured alphabet
   */
  readonly generateCode?: (
    referral: NewReferral,
    owner: Owner | undefined,
  ) => string | Promise<string>;
  /**
   * The visitor's IP address; undefined for the default. The setting `ip` says how much of it is kept.
   *
   * @default - API Gateway's own source IP, or the header that `clientIpHeader` names
   */
  readonly clientIp?: (
    event: APIGatewayProxyEventV2,
  ) => string | undefined | Promise<string | undefined>;
  /**
   * Who clicks: `human`, `bot`, or `prefetch` for a browser that loads the page ahead; undefined for the
   * default. Only humans get a session and are counted. It has 0.2 seconds.
   *
   * @default - `kind` of the click
   * @example
   * // a score that a CDN in front adds
   * export const classifyClick = ({ headers }) =>
   *   Number(headers['cf-bot-score']) < 30 ? 'bot' : undefined;
   */
  readonly classifyClick?: (
    click: ClickToClassify,
  ) => RequestKind | undefined | Promise<RequestKind | undefined>;
  /**
   * Whether a response is shown to the referral's owner. A page is filtered after it is read, so it may have
   * fewer items than its limit.
   *
   * @default - all responses are shown
   */
  readonly includeResponse?: (response: Response) => boolean | Promise<boolean>;
  /**
   * Fields that `GET /attribution` shows to visitors besides its own: an object of plain JSON. Fields of the
   * answer itself can't be replaced.
   *
   * @default - nothing is added
   * @example ({ label }) => ({ campaign: label })
   */
  readonly publicReferral?: (referral: Referral) => object | Promise<object>;
}

/** Names of all hooks. */
export const hookNames = [
  'generateCode',
  'clientIp',
  'classifyClick',
  'includeResponse',
  'publicReferral',
] as const;
