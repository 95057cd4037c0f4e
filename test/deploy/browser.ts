import type { LookupFunction } from 'node:net';
import { Agent, fetch } from 'undici';
import type { Answer, Call, Fetch } from '../integration/call-api.ts';
import { callAsBrowser, sessionIn } from '../integration/client.ts';

// By RFC 6761 every name under `localhost` means this machine, but some resolvers do not know that.
const lookup: LookupFunction = (_name, _options, found) =>
  found(null, [{ address: '127.0.0.1', family: 4 }]);
const dispatcher = new Agent({ connect: { lookup } });
const fetchLocally: Fetch = (url, init) => fetch(url, { ...init, dispatcher });

/** Calls an API at its own URL as a browser would, even if the URL is under `localhost`. */
export const call = (
  { ApiUrl }: { ApiUrl: string },
  route: string,
  request?: Call,
): Promise<Answer> => callAsBrowser({ apiUrl: ApiUrl, fetch: fetchLocally }, route, request);

/** Clicks a link at its own URL, as a new visitor or with a session. */
export async function click(
  link: { readonly url: string },
  session?: string,
): Promise<Answer & { session: string }> {
  const { origin, pathname } = new URL(link.url);
  const headers = session ? { cookie: `referral_session=${session}` } : {};
  const answer = await call({ ApiUrl: origin }, `GET ${pathname}`, { headers });
  return { ...answer, session: sessionIn(answer) };
}
