import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A request as it arrived. */
export interface Arrived {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The number of its connection, from 1. */
  readonly connection: number;
}

type Respond = (answer: ServerResponse, arrived: Arrived, request: IncomingMessage) => unknown;

/**
 * Starts a service of AWS on this machine, and stops it when the test ends.
 *
 * @param respond answers its requests; with an empty object by default.
 */
export async function startService(respond: Respond = (answer) => answer.end('{}')) {
  const requests: Arrived[] = [];
  let connections = 0;
  const numbers = new WeakMap<object, number>();
  const server = createServer(async (request, answer) => {
    const { method, url: path, headers, socket } = request;
    const connection = numbers.get(socket) ?? 0;
    const arrived = { method, path, headers, body: await text(request), connection };
    requests.push(arrived);
    respond(answer, arrived, request);
  });
  server.on('connection', (socket) => numbers.set(socket, ++connections));
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return { url, requests };
}

/** Answers with an error, as DynamoDB does. */
export const refuse = (
  answer: ServerResponse,
  status: number,
  name: string,
  rest: Readonly<Record<string, unknown>> = {},
) =>
  answer
    .writeHead(status, { 'x-amzn-requestid': 'REQUEST' })
    .end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, ...rest }));

/** What the headers of requests say that is signed. */
export const signedHeaders = ({ headers }: Arrived): string[] =>
  /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? [];
