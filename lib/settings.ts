import type { Duration } from 'aws-cdk-lib';
import { environment as env } from '../functions/environment.ts';

/** How links, sessions and attribution behave. */
export interface ReferralSettings {
  /**
   * The app's origin, without a trailing slash: paths lead there, and only its pages may call the API.
   *
   * @example 'https://app.example.com'
   */
  readonly appUrl: string;
  /**
   * Absolute URL that the links made at sign-up lead to, and expired ones.
   *
   * @default - the app's start page, `appUrl` with a slash
   */
  readonly defaultRedirectTo?: string;
  /**
   * Hosts besides the app's that a link may lead to, by https.
   *
   * @default []
   * @example ['shop.example.com']
   */
  readonly allowedRedirectHosts?: readonly string[];
  /**
   * Query parameter with which a link's destination is changed when it is shared.
   *
   * @default 'redirect_to'
   */
  readonly redirectParameter?: string;
  readonly session?: {
    /** @default 'referral_session' */
    readonly cookieName?: string;
    /**
     * Domain that app and API have in common, so that the app's own host receives the cookie. The API must
     * be on it too, see `domain`.
     *
     * @default - the API's own host only
     */
    readonly domain?: string;
    /**
     * How long a visitor is known.
     *
     * @default Duration.days(365)
     */
    readonly maxAge?: Duration;
    /**
     * Whether the redirect appends the session to the destination as `?referral_session=`.
     *
     * @default - only where the app's own host does not receive the cookie
     */
    readonly passInUrl?: boolean;
  };
  readonly code?: {
    /**
     * Characters of a new code, 6 to 64.
     *
     * @default 10
     */
    readonly length?: number;
    /**
     * What codes are made of: at least 16 different of `A-Z a-z 0-9 _ -`.
     *
     * @default - all letters and digits
     * @example '23456789abcdefghjkmnpqrstuvwxyz'
     */
    readonly alphabet?: string;
  };
  /**
   * Header that holds the visitor's IP address, where a proxy in front of the API writes it and no client
   * can. The first address in it counts.
   *
   * @default - API Gateway's own source IP
   * @example 'CF-Connecting-IP'
   */
  readonly clientIpHeader?: string;
  /**
   * How long responses are kept, at least 30 days. Their counts stay.
   *
   * @default - for ever
   */
  readonly retention?: Duration;
  readonly attribution?: {
    /**
     * Whether a visitor's last response decides who is credited, or the first.
     *
     * @default 'last'
     */
    readonly model?: 'last' | 'first';
    /**
     * For how long after a response its referral is credited.
     *
     * @default - for ever
     */
    readonly window?: Duration;
  };
  /**
   * What actions are called before people.
   *
   * @default { RESPONDED: 'Clicked on referral link', SIGNED_UP: 'Signed up' }
   * @example { PURCHASED: 'Bought something' }
   */
  readonly actionDisplay?: Readonly<Record<string, string>>;
}

/** The environment that tells the functions; what is not set is left to their defaults. */
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
