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
   * Absolute URL that links made at sign-up, and expired or stopped links, lead to.
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
     * Whether the redirect hands the session over to an app on another site, by appending
     * `?referral_handoff=` to the destination. The app exchanges it for the session at `POST /session`.
     *
     * @default - only if the app's own host does not receive the cookie
     */
    readonly handOff?: boolean;
  };
  /**
   * Whether to honour the Global Privacy Control: a visitor whose browser sends `Sec-GPC: 1` gets no session. Their
   * click counts, and they are redirected as ever, but nothing that they do later is credited. See
   * https://w3c.github.io/gpc/
   *
   * @default false
   */
  readonly globalPrivacyControl?: boolean;
  /**
   * How long after a sign-up the first linked session still credits it to a referral. Sign-ups that pass the
   * session on in `clientMetadata` are credited at once; this is for those that can't.
   *
   * @default Duration.days(7)
   */
  readonly signUpWindow?: Duration;
  /**
   * How many links a user may make. Expired and stopped ones count, the user's own link from sign-up does not.
   * `GET /responses` asks the table for each of them, so it serves no more than 2,000.
   *
   * @default 1000
   */
  readonly maxReferralsPerUser?: number;
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
    /**
     * Whether owners may choose codes for their links: 4 to 64 characters from `A-Z a-z 0-9 _ -`, at most five
     * choices a day.
     *
     * @default false
     * @example true // https://go.example.com/r/ada
     */
    readonly custom?: boolean;
    /**
     * Whether codes are found in either case, in links and where somebody types them. New codes are in lower case
     * then, so `alphabet` must have no capital letters.
     *
     * @default false
     * @example true // ADA, for the link https://go.example.com/r/ada
     */
    readonly ignoreCase?: boolean;
  };
  /**
   * Header with the visitor's IP address. Only for an API that is reached through a proxy, which sets the
   * header or appends to it. The last address in it counts, because a client can write those before.
   *
   * @default - API Gateway's own source IP
   * @example 'CF-Connecting-IP'
   */
  readonly clientIpHeader?: string;
  /**
   * How much of a visitor's IP address is kept. A truncated one is its network's: /24 of IPv4, /48 of IPv6.
   *
   * @default 'truncated'
   * @example 'none'
   */
  readonly ip?: 'truncated' | 'none' | 'full';
  /**
   * How much is kept of the address of the page before. Its query and fragment never are.
   *
   * @default 'path'
   * @example 'origin'
   */
  readonly referer?: 'path' | 'origin' | 'none';
  /**
   * How long to keep responses, at least 30 days. Their counts stay. Attribution needs the responses, so this
   * should be longer than `attribution.window`.
   *
   * @default Duration.days(400)
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
    /**
     * Whether only new users give credit: whoever was a user before the click does not. A user has been there
     * since their own link was made, at sign-up or by `referrals backfill`.
     *
     * @default false
     */
    readonly newUsersOnly?: boolean;
  };
  readonly events?: {
    /**
     * Which clicks are put on the event bus, where each costs $1.00 a million: `all`, `human` (by people, without
     * those of a link's owner, `own`) or `none`. Links, actions, sign-ups and linkings always are.
     *
     * @default 'none'
     * @example 'human'
     */
    readonly clicks?: 'all' | 'human' | 'none';
    /**
     * How long the table's stream collects changes for one call of the function that publishes them, at most 5
     * minutes. Events and the metric of clicks wait that long; counts don't. A million calls cost some $0.34, with
     * their logs. At 0.4 clicks a second, a million a month, nearly each click is a call: 10 seconds save $0.11 a
     * million clicks against 2 seconds, and 60 seconds $0.12 more. At 12 clicks a second they save $0.04 and $0.01.
     *
     * @default Duration.seconds(10)
     * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
     */
    readonly maxBatchingWindow?: Duration;
  };
  /**
   * Names of the actions that pages may record, with `POST /actions`. Pages can say anything, so what they
   * record is never trusted. The backend may record any action.
   *
   * @default - any name
   * @example ['VIEWED_PRICING', 'STARTED_TRIAL']
   */
  readonly pageActions?: readonly string[];
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
  const { session = {}, attribution = {}, code = {}, events = {}, ...others } = settings;
  const { pageActions, actionDisplay } = others;
  const values: Record<string, string | undefined> = {
    [env.apiUrl]: apiUrl,
    [env.appUrl]: settings.appUrl,
    [env.defaultRedirectTo]: settings.defaultRedirectTo,
    [env.allowedRedirectHosts]: settings.allowedRedirectHosts?.join(','),
    [env.redirectParameter]: settings.redirectParameter,
    [env.sessionCookieName]: session.cookieName,
    [env.sessionCookieDomain]: session.domain,
    [env.sessionMaxAge]: session.maxAge?.toSeconds().toString(),
    [env.sessionHandoff]: session.handOff?.toString(),
    [env.globalPrivacyControl]: settings.globalPrivacyControl?.toString(),
    [env.attributionModel]: attribution.model,
    [env.attributionWindow]: attribution.window?.toSeconds().toString(),
    [env.attributionNewUsersOnly]: attribution.newUsersOnly?.toString(),
    [env.maxReferralsPerUser]: settings.maxReferralsPerUser?.toString(),
    [env.codeLength]: code.length?.toString(),
    [env.codeAlphabet]: code.alphabet,
    [env.codeCustom]: code.custom?.toString(),
    [env.codeIgnoreCase]: code.ignoreCase?.toString(),
    [env.clientIpHeader]: settings.clientIpHeader,
    [env.ip]: settings.ip,
    [env.referer]: settings.referer,
    [env.eventsClicks]: events.clicks,
    [env.signUpWindow]: settings.signUpWindow?.toSeconds().toString(),
    [env.retention]: settings.retention?.toSeconds().toString(),
    [env.pageActions]: pageActions && JSON.stringify(pageActions),
    [env.actionDisplay]: actionDisplay && JSON.stringify(actionDisplay),
  };
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
