import { request } from 'node:http';
import type { LookupFunction } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Answer, type Call, headersOf, sessionIn } from '../integration/client.ts';

// Every name under `localhost` is this machine's, RFC 6761 says, and not every resolver knows.
const lookup: LookupFunction = (_name, _options, found) =>
  found(null, [{ address: '127.0.0.1', family: 4 }]);

/** Calls an API at its own URL as a browser would, also where that is below `localhost`. */
export const call = (
  { ApiUrl }: { ApiUrl: string },
  route: string,
  options: Call = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const [method = 'GET', path = '/'] = route.split(' ');
    request(
      `${ApiUrl}${path}`,
      {
        method,
        lookup,
        headers: headersOf(options),
      },
      async (response) => {
        const content = await text(response);
        resolve({
          status: response.statusCode ?? 0,
          headers: new Headers(
            Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
              values.map((value): [string, string] => [name, value]),
            ),
          ),
          body:
            response.headers['content-type']?.includes('json') && content
              ? JSON.parse(content)
              : content,
        });
      },
    )
      .once('error', reject)
      .end(options.body === undefined ? undefined : JSON.stringify(options.body));
  });

/** Clicks a link by its own URL, as a new visitor or one with a session. */
export async function click(
  link: { readonly url: string },
  session?: string,
): Promise<Answer & { session: string }> {
  const { origin, pathname } = new URL(link.url);
  const headers = session ? { cookie: `referral_session=${session}` } : {};
  const answer = await call({ ApiUrl: origin }, `GET ${pathname}`, { headers });
  return { ...answer, session: sessionIn(answer) };
}
