import * as v from 'valibot';
import { type IpMode, ipModes } from '../core/ip.ts';
import { type RefererMode, refererModes } from '../core/referer.ts';
import { publishedClicks, type Settings } from '../core/settings.ts';
import { environment as env } from '../environment.ts';
import { DEFAULT_MESSAGE, isObject } from '../validation/objects.ts';

/** All settings that a function reads from its environment: those of core, and those of functions only. */
export interface FunctionSettings extends Settings {
  readonly tableName: string;
  /** Query parameter of a link that changes its destination. */
  readonly redirectParameter: string;
  readonly session: {
    readonly cookieName: string;
    /** Undefined means the API's own host only. */
    readonly cookieDomain: string | undefined;
    /** Seconds. */
    readonly maxAge: number;
    /** Whether the redirect appends the session to the destination, for an app on another site. */
    readonly handOff: boolean;
  };
  /** Whether visitors whose browser sends `Sec-GPC: 1` get no session. */
  readonly globalPrivacyControl: boolean;
  /** Actions that pages may record; undefined means all. */
  readonly pageActions: ReadonlySet<string> | undefined;
  /** Names of actions to show to people. An action without an entry is shown by its own name. */
  readonly actionDisplay: ReadonlyMap<string, string>;
  readonly code: Settings['code'] & { readonly length: number; readonly alphabet: string };
  /** A header whose last address is the visitor's IP. Only a proxy in front of the API can add it. */
  readonly clientIpHeader: string | undefined;
  /** How much of a visitor's IP is kept. */
  readonly ip: IpMode;
  /** How much of the page before is kept. */
  readonly referer: RefererMode;
  /** The secret of the CDN in front; undefined if there is none, or it has none. */
  readonly originSecret: string | undefined;
  /** Seconds for which browsers use only https; undefined if the domain is not the links' own. */
  readonly strictTransport: number | undefined;
  /** Directory of the files that `files` serves; undefined if they are beside it. */
  readonly filesDirectory: string | undefined;
  /** Module of the app's hooks; undefined if there are none. */
  readonly hooks: string | undefined;
  /** The source of accepted tokens; undefined in a function that verifies none. */
  readonly token: TokenSettings | undefined;
  /** Queue for clicks that could not be stored. If undefined, they are refused. */
  readonly clickQueueUrl: string | undefined;
  /** Queue for sign-ups that got no link. If undefined, they are only logged. */
  readonly signUpQueueUrl: string | undefined;
  /** Queue for records of the stream that can't be read. If undefined, they are only logged. */
  readonly streamDeadLettersUrl: string | undefined;
  readonly eventBusName: string | undefined;
  /** The app's own post-confirmation function; undefined if there is none. */
  readonly nextPostConfirmation: string | undefined;
}

/** The source of accepted tokens. */
export interface TokenSettings {
  /** URL of the user pool. */
  readonly issuer: string;
  readonly clientIds: readonly string[];
  /** Address of an emulator that has the pool's keys, instead of the issuer's address. */
  readonly keysEndpoint: string | undefined;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const DAY = 24 * 60 * 60;
const ACTION_DISPLAY = { RESPONDED: 'Clicked on referral link', SIGNED_UP: 'Signed up' };

const httpOrigin = v.pipe(
  v.string('must be set'),
  v.check(
    (text) => URL.canParse(text) && new URL(text).origin === text && text.startsWith('http'),
    'must be an origin such as https://app.example.com, without a trailing slash',
  ),
);
const url = v.pipe(v.string(), v.trim(), v.url('must be an absolute URL'));
const boolean = v.pipe(v.string(), v.parseBoolean(undefined, 'must be true or false'));
const WHOLE_NUMBER = 'must be a whole number, at least 1';
const wholeNumber = v.pipe(
  v.string(),
  v.transform(Number),
  v.safeInteger(WHOLE_NUMBER),
  v.minValue(1, WHOLE_NUMBER),
);
const list = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').filter((item) => item !== '')),
);
const NAMES = 'must be a JSON object of names';
const names = v.pipe(
  v.string(),
  v.parseJson(undefined, NAMES),
  v.check(isObject, NAMES),
  v.record(v.string(), v.string(NAMES)),
);

const LIST = 'must be a JSON array of names';
const jsonList = v.pipe(
  v.string(),
  v.parseJson(undefined, LIST),
  v.array(v.string(LIST), LIST),
  v.transform((items) => new Set(items)),
);

const Environment = v.object(
  {
    [env.tableName]: v.pipe(v.string('must be set'), v.minLength(1, 'must be set')),
    [env.apiUrl]: httpOrigin,
    [env.appUrl]: httpOrigin,
    [env.defaultRedirectTo]: v.optional(url),
    [env.allowedRedirectHosts]: v.optional(list, ''),
    [env.redirectParameter]: v.optional(v.string(), 'redirect_to'),
    [env.sessionCookieName]: v.optional(v.string(), 'referral_session'),
    [env.sessionCookieDomain]: v.optional(v.string()),
    [env.sessionMaxAge]: v.optional(wholeNumber, `${365 * DAY}`),
    [env.sessionHandoff]: v.optional(boolean),
    [env.globalPrivacyControl]: v.optional(boolean, 'false'),
    [env.attributionModel]: v.optional(
      v.picklist(['last', 'first'], 'must be last or first'),
      'last',
    ),
    [env.attributionWindow]: v.optional(wholeNumber),
    [env.attributionNewUsersOnly]: v.optional(boolean, 'false'),
    [env.pageActions]: v.optional(jsonList),
    [env.actionDisplay]: v.optional(names, '{}'),
    [env.maxReferralsPerUser]: v.optional(wholeNumber, '1000'),
    [env.codeLength]: v.optional(wholeNumber, '10'),
    [env.codeAlphabet]: v.optional(v.string(), BASE62),
    [env.codeCustom]: v.optional(boolean, 'false'),
    [env.codeIgnoreCase]: v.optional(boolean, 'false'),
    [env.clientIpHeader]: v.optional(v.string()),
    [env.ip]: v.optional(v.picklist(ipModes, `must be one of ${ipModes.join(', ')}`), 'truncated'),
    [env.referer]: v.optional(
      v.picklist(refererModes, `must be one of ${refererModes.join(', ')}`),
      'path',
    ),
    [env.eventsClicks]: v.optional(
      v.picklist(publishedClicks, `must be one of ${publishedClicks.join(', ')}`),
      'none',
    ),
    [env.originSecret]: v.optional(v.string()),
    [env.strictTransport]: v.optional(wholeNumber),
    [env.retention]: v.optional(wholeNumber, `${400 * DAY}`),
    [env.signUpWindow]: v.optional(wholeNumber, `${7 * DAY}`),
    [env.hooks]: v.optional(v.string()),
    [env.filesDirectory]: v.optional(v.string()),
    [env.tokenIssuer]: v.optional(url),
    [env.tokenClientIds]: v.optional(list, ''),
    [env.clickQueueUrl]: v.optional(url),
    [env.signUpQueueUrl]: v.optional(url),
    [env.streamDeadLettersUrl]: v.optional(url),
    [env.eventBusName]: v.optional(v.string()),
    [env.nextPostConfirmation]: v.optional(v.string()),
    AWS_ENDPOINT_URL: v.optional(v.string()),
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: v.optional(v.string()),
  },
  'must be set',
);

/**
 * Reads the settings from the environment.
 *
 * @throws Error that names the missing or wrong variables, at the start and not at the first request.
 */
export function readSettings(variables: NodeJS.ProcessEnv): FunctionSettings {
  const parsed = v.safeParse(Environment, variables, {
    abortPipeEarly: true,
    message: DEFAULT_MESSAGE,
  });
  if (!parsed.success) {
    const problems = parsed.issues.map((issue) => `${v.getDotPath(issue)} ${issue.message}`);
    throw new Error(`Environment: ${problems.join('; ')}.`);
  }
  const values = parsed.output;
  const { APP_URL: appUrl, API_URL: apiUrl, SESSION_COOKIE_DOMAIN: cookieDomain } = values;
  const handOff = values.SESSION_HANDOFF ?? !sharesCookies(appUrl, apiUrl, cookieDomain);
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
      handOff,
    },
    globalPrivacyControl: values.GLOBAL_PRIVACY_CONTROL,
    attribution: {
      model: values.ATTRIBUTION_MODEL,
      window: values.ATTRIBUTION_WINDOW_SECONDS,
      newUsersOnly: values.ATTRIBUTION_NEW_USERS_ONLY,
    },
    pageActions: values.PAGE_ACTIONS,
    actionDisplay: new Map(Object.entries({ ...ACTION_DISPLAY, ...values.ACTION_DISPLAY })),
    maxReferralsPerUser: values.MAX_REFERRALS_PER_USER,
    code: {
      length: values.CODE_LENGTH,
      alphabet: values.CODE_ALPHABET,
      custom: values.CODE_CUSTOM,
      ignoreCase: values.CODE_IGNORE_CASE,
    },
    events: { clicks: values.EVENTS_CLICKS },
    clientIpHeader: values.CLIENT_IP_HEADER,
    ip: values.IP,
    referer: values.REFERER,
    originSecret: values.ORIGIN_SECRET,
    strictTransport: values.STRICT_TRANSPORT_SECONDS,
    retention: values.RETENTION_SECONDS,
    signUpWindow: values.SIGN_UP_WINDOW_SECONDS,
    hooks: values.HOOKS,
    filesDirectory: values.FILES_DIRECTORY,
    token:
      values.TOKEN_ISSUER === undefined
        ? undefined
        : {
            issuer: values.TOKEN_ISSUER,
            clientIds: values.TOKEN_CLIENT_IDS,
            // If the SDK uses an emulator, the keys are there too.
            keysEndpoint:
              values.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER ?? values.AWS_ENDPOINT_URL,
          },
    clickQueueUrl: values.CLICK_QUEUE_URL,
    signUpQueueUrl: values.SIGN_UP_QUEUE_URL,
    streamDeadLettersUrl: values.STREAM_DEAD_LETTERS_URL,
    eventBusName: values.EVENT_BUS_NAME,
    nextPostConfirmation: values.NEXT_POST_CONFIRMATION,
  };
}

/** Whether the app's own host receives the API's cookie. */
function sharesCookies(appUrl: string, apiUrl: string, cookieDomain: string | undefined): boolean {
  const app = new URL(appUrl).hostname;
  const domain = cookieDomain?.replace(/^\./, '') ?? new URL(apiUrl).hostname;
  return app === domain || app.endsWith(`.${domain}`);
}
