import { parseCookie, stringifySetCookie } from 'cookie';
import { ReferralsError } from '../core/errors.ts';
import { isSession } from '../core/visitor.ts';
import type { FunctionSettings } from '../setup/settings.ts';
import type { HttpEvent } from './http-handler.ts';

const HEADER = 'X-Referral-Session';
/** Query parameter that carries a session to an app on another site. */
const URL_PARAMETER = 'referral_session';
const PARAMETER = new RegExp(`^${URL_PARAMETER}(=|$)`);

/** The session in the cookie. A malformed one is ignored, because browsers keep sending an old cookie. */
export function sessionOfCookie(
  event: HttpEvent,
  { session }: FunctionSettings,
): string | undefined {
  // API Gateway moves cookies out of the header. Not everything with the same event format does.
  const cookies = event.cookies?.join('; ') ?? event.headers.cookie ?? '';
  const value = parseCookie(cookies)[session.cookieName];
  return isSession(value) ? value : undefined;
}

/**
 * The session in the header, or else in the cookie.
 *
 * @throws ReferralsError `invalid_session` if the header is malformed: an app wrote it on purpose.
 */
export function sessionOf(event: HttpEvent, settings: FunctionSettings): string | undefined {
  const header = event.headers[HEADER.toLowerCase()];
  if (header === undefined) return sessionOfCookie(event, settings);
  if (isSession(header)) return header;
  throw new ReferralsError(
    'invalid_session',
    `${HEADER} must be the value that the redirect appended as ${URL_PARAMETER}.`,
    { field: HEADER },
  );
}

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

/** The destination with the session appended, for an app that never sees the cookie. */
export function withSession(location: string, value: string): string {
  const url = new URL(location);
  // As text, because URLSearchParams would rewrite the app's own parameters and break signed ones.
  const others = url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair && !PARAMETER.test(pair));
  url.search = [...others, `${URL_PARAMETER}=${value}`].join('&');
  return url.href;
}
