import type { Settings } from './settings.ts';

// Browsers and parsers differ in how they read white space, control characters and backslashes.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for them
const AMBIGUOUS = /[\u0000-\u0020\u007f-\u00a0\u2028\u2029\\]/;
/** Maximum length of a destination, in characters. */
export const MAX_REDIRECT = 2048;

const PATH = /^\/(?!\/|%2f|%5c)/i;
const ABSOLUTE = /^https?:\/\/[^/]/i;

/** The destinations that links may have. */
type AllowedDestinations = Pick<Settings, 'appUrl' | 'redirectOrigins'>;

/**
 * Turns a destination from outside into the absolute URL of the redirect.
 *
 * A path leads to the app. A URL must be on one of the allowed origins, without credentials. Anything that a
 * browser could read as another host is refused, see the URL Standard's basic URL parser
 * (https://url.spec.whatwg.org/#concept-basic-url-parser).
 *
 * @returns undefined if the destination is not allowed.
 * @example resolveRedirect('/welcome', settings) // 'https://app.example.com/welcome'
 */
export function resolveRedirect(
  destination: string,
  allowed: AllowedDestinations,
): string | undefined {
  const url = allowedUrl(destination, allowed);
  // Parsing percent-encodes characters, which makes the URL longer.
  return url !== undefined && url.href.length <= MAX_REDIRECT ? url.href : undefined;
}

function allowedUrl(
  destination: string,
  { appUrl, redirectOrigins }: AllowedDestinations,
): URL | undefined {
  if (AMBIGUOUS.test(destination)) return undefined;
  if (PATH.test(destination)) return new URL(destination, appUrl);
  if (!ABSOLUTE.test(destination) || !URL.canParse(destination)) return undefined;
  const url = new URL(destination);
  if (url.username !== '' || url.password !== '') return undefined;
  return redirectOrigins.includes(url.origin) ? url : undefined;
}
