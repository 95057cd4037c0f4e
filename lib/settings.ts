import type { Duration } from 'aws-cdk-lib';
import { environment as env } from '../functions/environment.ts';

/** Settings for links, sessions and attribution. */
export interface ReferralSettings {
  /**
   * The app's origin, without a trailing slash. Links to a path lead there. Only its pages may call the API.
   *
   * @example 'https://app.example.com'
   */
  readonly appUrl: string;
  /**
   * Absolute URL that links made at sign-up, and expired links, lead to.
   *
   * @default - the app's start page, `appUrl` with a slash
   */
  readonly defaultRedirectTo?: string;
  /**
   * Additional hosts that a link may lead to, over https.
   *
   * @default []
   * @example ['shop.example.com']
   */
  readonly allowedRedirectHosts?: readonly string[];
  /**
   * Query parameter that changes the destination of a shared link.
   *
   * @default 'redirect_to'
   */
  readonly redirectParameter?: string;
  readonly session?: {
    /** @default 'referral_session' */
    readonly cookieName?: string;
    /**
     * Domain that the app and the API share, so that the app's own host receives the cookie. The API must be
     * on it too, see `domain`.
     *
     * @default - the API's own host only
     */
    readonly domain?: string;
    /**
     * How long the API recognises a visitor.
     *
     * @default Duration.days(365)
     */
    readonly maxAge?: Duration;
    /**
     * Whether the redirect appends the session to the destination as `?referral_session=`.
     *
     * @default - only if the app's own host does not receive the cookie
     */
    readonly passInUrl?: boolean;
  };
  readonly code?: {
    /**
     * Length of a new code, 6 to 64 characters.
     *
     * @default 10
     */
    readonly length?: number;
    /**
     * Characters of new codes: at least 16 different ones from `A-Z a-z 0-9 _ -`.
     *
     * @default - all letters and digits
     * @example '23456789abcdefghjkmnpqrstuvwxyz'
     */
    readonly alphabet?: string;
  };
  /**
   * Header with the visitor's IP address. Only for an API behind a proxy that sets the header, so that no
   * client can. The first address in it counts.
   *
   * @default - API Gateway's own source IP
   * @example 'CF-Connecting-IP'
   */
  readonly clientIpHeader?: string;
  /**
   * How long to keep responses, at least 30 days. Their counts stay.
   *
   * @default - forever
   */
  readonly retention?: Duration;
  readonly attribution?: {
    /**
     * Whether a visitor's last or first response decides who gets the credit.
     *
     * @default 'last'
     */
    readonly model?: 'last' | 'first';
    /**
     * How long after a response its referral gets credit.
     *
     * @default - forever
     */
    readonly window?: Duration;
  };
  /**
   * Display names of actions.
   *
   * @default { RESPONDED: 'Clicked on referral link', SIGNED_UP: 'Signed up' }
   * @example { PURCHASED: 'Bought something' }
   */
  readonly actionDisplay?: Readonly<Record<string, string>>;
}

/** Makes the functions' environment variables. Without a setting, a function uses its default. */
export function settingsEnvironment(
  settings: ReferralSettings,
  apiUrl: string,
): Record<string, string> {
  const { session = {}, attribution = {}, code = {}, actionDisplay } = settings;
  const values: Record<string, string | undefined> = {
    [env.apiUrl]: apiUrl,
    [env.appUrl]: settings.appUrl,
    [env.defaultRedirectTo]: settings.defaultRedirectTo,
    [env.allowedRedirectHosts]: settings.allowedRedirectHosts?.join(','),
    [env.redirectParameter]: settings.redirectParameter,
    [env.sessionCookieName]: session.cookieName,
    [env.sessionCookieDomain]: session.domain,
    [env.sessionMaxAge]: session.maxAge?.toSeconds().toString(),
    [env.sessionInUrl]: session.passInUrl?.toString(),
    [env.attributionModel]: attribution.model,
    [env.attributionWindow]: attribution.window?.toSeconds().toString(),
    [env.codeLength]: code.length?.toString(),
    [env.codeAlphabet]: code.alphabet,
    [env.clientIpHeader]: settings.clientIpHeader,
    [env.retention]: settings.retention?.toSeconds().toString(),
    [env.actionDisplay]: actionDisplay && JSON.stringify(actionDisplay),
  };
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
