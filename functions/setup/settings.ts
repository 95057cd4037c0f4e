import * as v from 'valibot';
import type { Settings } from '../core/settings.ts';
import { environment as env } from '../environment.ts';
import { DEFAULT_MESSAGE, isObject } from '../validation/schemas.ts';

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

const httpOrigin = v.pipe(
  v.string(),
  v.check(
    (text) => URL.canParse(text) && new URL(text).origin === text && text.startsWith('http'),
    'must be an origin such as https://app.example.com, without a trailing slash',
  ),
);
const url = v.pipe(v.string(), v.trim(), v.url());
const wholeNumber = v.pipe(v.string(), v.transform(Number), v.safeInteger(), v.minValue(1));
const list = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').filter((item) => item !== '')),
);
const names = v.pipe(v.string(), v.transform(parseEntries), v.map(v.string(), v.string()));

const Environment = v.object({
  [env.tableName]: v.pipe(v.string(), v.minLength(1)),
  [env.apiUrl]: httpOrigin,
  [env.appUrl]: httpOrigin,
  [env.defaultRedirectTo]: v.optional(url),
  [env.allowedRedirectHosts]: v.optional(list, ''),
  [env.redirectParameter]: v.optional(v.string(), 'redirect_to'),
  [env.sessionCookieName]: v.optional(v.string(), 'referral_session'),
  [env.sessionCookieDomain]: v.optional(v.string()),
  [env.sessionMaxAge]: v.optional(wholeNumber, `${365 * DAY}`),
  [env.sessionInUrl]: v.optional(v.pipe(v.string(), v.parseBoolean())),
  [env.attributionModel]: v.optional(v.picklist(['last', 'first']), 'last'),
  [env.attributionWindow]: v.optional(wholeNumber),
  [env.actionDisplay]: v.optional(names, '{}'),
  [env.codeLength]: v.optional(wholeNumber, '10'),
  [env.codeAlphabet]: v.optional(v.string(), BASE62),
  [env.clientIpHeader]: v.optional(v.string()),
  [env.retention]: v.optional(wholeNumber),
  [env.clickQueueUrl]: v.optional(url),
});

/**
 * Reads the settings from the environment.
 *
 * @throws Error that names the variables which are missing or wrong, at the start and not at the first request.
 */
export function readSettings(variables: NodeJS.ProcessEnv): EdgeSettings {
  const parsed = v.safeParse(Environment, variables, {
    abortPipeEarly: true,
    message: DEFAULT_MESSAGE,
  });
  if (!parsed.success) {
    const problems = parsed.issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`);
    throw new Error(`The environment is not complete. ${problems.join('; ')}`);
  }
  const values = parsed.output;
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
    actionDisplay: new Map([...Object.entries(ACTION_DISPLAY), ...values.ACTION_DISPLAY]),
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

/** What is in a JSON object; undefined where it is none, which no schema here takes. */
function parseEntries(text: string): Map<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? new Map(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}
