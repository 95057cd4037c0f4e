import * as z from 'zod/mini';
import type { Settings } from '../core/services.ts';
import { environment as env } from '../environment.ts';

/** What core needs to know, and what only the edge does. */
export interface EdgeSettings extends Settings {
  readonly tableName: string;
  /** Query parameter of a link that changes its destination. */
  readonly redirectParameter: string;
  readonly session: {
    readonly cookieName: string;
    /** Undefined: the API's own host only. */
    readonly cookieDomain: string | undefined;
    /** Seconds. */
    readonly maxAge: number;
    /** Whether the redirect appends the session to the destination, for an app on another site. */
    readonly inUrl: boolean;
  };
  /** What actions are called before people; an action that is not in here is called what it is. */
  readonly actionDisplay: ReadonlyMap<string, string>;
  readonly code: { readonly length: number; readonly alphabet: string };
  /** A header that a proxy in front of the API writes the visitor's IP into, and no client can. */
  readonly clientIpHeader: string | undefined;
  /** Where clicks wait that could not be stored; undefined: nowhere, and they are refused. */
  readonly clickQueueUrl: string | undefined;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const DAY = 24 * 60 * 60;
const ACTION_DISPLAY = { RESPONDED: 'Clicked on referral link', SIGNED_UP: 'Signed up' };

const httpOrigin = z
  .string()
  .check(
    z.refine(
      (text) => URL.canParse(text) && new URL(text).origin === text && text.startsWith('http'),
      'must be an origin such as https://app.example.com, without a trailing slash',
    ),
  );
const wholeNumber = z.pipe(z.pipe(z.string(), z.transform(Number)), z.int().check(z.positive()));
const list = z.pipe(
  z.string(),
  z.transform((text) => text.split(',').filter((item) => item !== '')),
);
const names = z.pipe(z.pipe(z.string(), z.transform(parseJson)), z.record(z.string(), z.string()));

const Environment = z.object({
  [env.tableName]: z.string().check(z.minLength(1)),
  [env.apiUrl]: httpOrigin,
  [env.appUrl]: httpOrigin,
  [env.defaultRedirectTo]: z.optional(z.url()),
  [env.allowedRedirectHosts]: z._default(list, []),
  [env.redirectParameter]: z._default(z.string(), 'redirect_to'),
  [env.sessionCookieName]: z._default(z.string(), 'referral_session'),
  [env.sessionCookieDomain]: z.optional(z.string()),
  [env.sessionMaxAge]: z._default(wholeNumber, 365 * DAY),
  [env.sessionInUrl]: z.optional(z.stringbool()),
  [env.attributionModel]: z._default(z.enum(['last', 'first']), 'last'),
  [env.attributionWindow]: z.optional(wholeNumber),
  [env.actionDisplay]: z._default(names, {}),
  [env.codeLength]: z._default(wholeNumber, 10),
  [env.codeAlphabet]: z._default(z.string(), BASE62),
  [env.clientIpHeader]: z.optional(z.string()),
  [env.retention]: z.optional(wholeNumber),
  [env.clickQueueUrl]: z.optional(z.url()),
});

/**
 * Reads the settings from the environment.
 *
 * @throws Error that names the variables which are missing or wrong, at the start and not at the first request.
 */
export function readSettings(variables: NodeJS.ProcessEnv): EdgeSettings {
  const parsed = Environment.safeParse(variables);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );
    throw new Error(`The environment is not complete. ${problems.join('; ')}`);
  }
  const values = parsed.data;
  const { APP_URL: appUrl, API_URL: apiUrl, SESSION_COOKIE_DOMAIN: cookieDomain } = values;
  const inUrl = values.SESSION_IN_URL ?? !sharesCookies(appUrl, apiUrl, cookieDomain);
  return {
    tableName: values.TABLE_NAME,
    apiUrl,
    appUrl,
    defaultRedirectTo: values.DEFAULT_REDIRECT_TO ?? `${appUrl}/`,
    redirectOrigins: [appUrl, ...values.ALLOWED_REDIRECT_HOSTS.map((host) => `https://${host}`)],
    redirectParameter: values.REDIRECT_PARAMETER,
    session: {
      cookieName: values.SESSION_COOKIE_NAME,
      cookieDomain,
      maxAge: values.SESSION_MAX_AGE_SECONDS,
      inUrl,
    },
    attribution: {
      model: values.ATTRIBUTION_MODEL,
      window: values.ATTRIBUTION_WINDOW_SECONDS,
    },
    actionDisplay: new Map(Object.entries({ ...ACTION_DISPLAY, ...values.ACTION_DISPLAY })),
    code: { length: values.CODE_LENGTH, alphabet: values.CODE_ALPHABET },
    clientIpHeader: values.CLIENT_IP_HEADER,
    retention: values.RETENTION_SECONDS,
    clickQueueUrl: values.CLICK_QUEUE_URL,
  };
}

/** Whether the app's own host receives the API's cookie. */
function sharesCookies(appUrl: string, apiUrl: string, cookieDomain: string | undefined): boolean {
  const app = new URL(appUrl).hostname;
  const domain = cookieDomain?.replace(/^\./, '') ?? new URL(apiUrl).hostname;
  return app === domain || app.endsWith(`.${domain}`);
}

/** Undefined where it is not JSON, which no schema here takes. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
