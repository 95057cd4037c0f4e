import { type Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** Forwards a request. The agent keeps connections, which is several times as fast as `fetch`. */
export function forward(
  upstream: string,
  agent: Agent,
  { host, connection, 'content-length': _, ...headers }: IncomingHttpHeaders,
  body: Buffer | string,
): Promise<{ status: number; text: Buffer }> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request(upstream, { method: 'POST', agent, headers })
    .once('response', resolve)
    .once('error', reject)
    .end(body);
  return promise.then(async (answer) => ({
    status: answer.statusCode ?? 500,
    text: await buffer(answer),
  }));
}
