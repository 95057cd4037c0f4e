import { parseCookie, stringifySetCookie } from 'cookie';
import * as v from 'valibot';
import { ReferralsError } from '../core/errors.ts';
import { isGenuine, isSession, SESSION } from '../core/session.ts';
import type { FunctionServices } from '../setup/compose.ts';
import type { FunctionSettings } from '../setup/settings.ts';
import type { HttpEvent } from './http-handler.ts';

const HEADER = 'X-Referral-Session';
/** Query parameter that carries a handoff to an app on another site. */
export const HANDOFF = 'referral_handoff';

/** Whether a request has its session in the header: a page wrote it. */
export const isInHeader = ({ headers }: HttpEvent): boolean =>
  headers[HEADER.toLowerCase()] !== undefined;

/**
 * The sessions in the cookie, which may be made up. There can be several, because browsers keep sending an old
 * cookie, also beside a new one.
 */
export function sessionsOfCookie(
  event: HttpEvent,
  { session }: Pick<FunctionSettings, 'session'>,
): string[] {
  // API Gateway moves cookies out of the header. Not everything with the same event format does.
  const cookies = event.cookies?.join('; ') ?? event.headers.cookie ?? '';
  return cookies
    .split(';')
    .map((cookie) => parseCookie(cookie)[session.cookieName])
    .filter(isSession);
}

/**
 * The session in the header, or else in the cookie. A cookie that is not genuine is ignored.
 *
 * @throws ReferralsError `invalid_session` if the header is not genuine: an app wrote it on purpose.
 *   `unavailable` if the deployment's key can't be read.
 */
export async function sessionOf(
  event: HttpEvent,
  { settings, keys }: Pick<FunctionServices, 'settings' | 'keys'>,
): Promise<string | undefined> {
  const header = event.headers[HEADER.toLowerCase()];
  const given =
    header === undefined ? sessionsOfCookie(event, settings) : [header].filter(isSession);
  const key = given.length > 0 && (await keys.ofSessions());
  const genuine = key && given.find((session) => isGenuine(session, key));
  if (genuine) return genuine;
  if (header === undefined) return undefined;
  throw new ReferralsError(
    'invalid_session',
    `${HEADER} must be a session that this service has handed out.`,
    { field: HEADER },
  );
}

/**
 * Whether the visitor's browser asks for privacy, and the deployment honours that; see
 * https://w3c.github.io/gpc/#the-sec-gpc-header-field-for-http-requests
 */
export const asksForPrivacy = (
  { headers }: HttpEvent,
  { globalPrivacyControl }: Pick<FunctionSettings, 'globalPrivacyControl'>,
): boolean => globalPrivacyControl && headers['sec-gpc'] === '1';

/** The cookie that keeps a session. Lax, because the redirect is a top-level navigation. */
export const sessionCookie = (value: string, { session }: FunctionSettings): string =>
  stringifySetCookie({
    name: session.cookieName,
    value,
    maxAge: session.maxAge,
    path: '/',
    httpOnly: true,
    secure: true,
    sameSite: 'lax',
    ...(session.cookieDomain && { domain: session.cookieDomain }),
  });

/** Fields of an answer with a session for a page. */
export const sessionForPage = {
  session: v.nullable(v.pipe(v.string(), v.regex(SESSION))),
  /** Whether the browser keeps it in the cookie. */
  cookie: v.boolean(),
};

/** A session for a page. Where the app's own pages share the cookie, the answer sets it, and the page keeps nothing. */
export function keptSession(session: string | undefined, settings: FunctionSettings) {
  const inCookie = !settings.session.handOff;
  return {
    kept: { session: session ?? null, cookie: inCookie },
    cookies: session && inCookie ? [sessionCookie(session, settings)] : [],
  };
}

/** Whether the redirect hands the session over: to the app's own pages, if they never see the cookie. */
export const handsOver = (
  location: string,
  { appUrl, session }: Pick<FunctionSettings, 'appUrl' | 'session'>,
): boolean => session.handOff && new URL(location).origin === appUrl;
