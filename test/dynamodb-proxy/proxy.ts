import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { accessesOf } from './accesses.ts';
import { type Decide, type Input, refusalOf } from './fates.ts';
import { forward } from './forward.ts';

/** What reaches the database instead of what was sent. */
export type Rewrite = (operation: string, input: Input) => Input;

/** What the client sees instead of what the database answered; errors stay as they are. */
// biome-ignore lint/suspicious/noExplicitAny: answers are as loose as JSON
export type Reshape = (operation: string, input: Input, output: any) => unknown;

export interface DynamoDBProxy {
  readonly endpoint: string;
  /** Operations that arrived, such as `PutItem`, in order. */
  readonly operations: string[];
  /** What was asked for, item by item: `PutItem VISITOR#`, `QueryIndex OWNER#`. */
  readonly accesses: string[];
  /** Where the database is. While nobody answers there, connections are cut. */
  upstream: string;
  /** Decides each operation's fate; all pass until it is set. */
  decide: Decide;
  rewrite: Rewrite | undefined;
  reshape: Reshape | undefined;
  /** Milliseconds for which the fates `slow` and `late` hold back: more than a client waits. */
  patience: number;
  readonly stop: () => void;
}

const CONTENT_TYPE = { 'content-type': 'application/x-amz-json-1.0' };

/** Starts a proxy in front of a DynamoDB that counts requests and makes them fail as they do in life. */
export async function startDynamoDBProxy(upstream: string): Promise<DynamoDBProxy> {
  const agent = new Agent({ keepAlive: true });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sent = await buffer(request);
    const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    const input = JSON.parse(`${sent}`);
    proxy.operations.push(operation);
    proxy.accesses.push(...accessesOf(operation, input));

    const send = (status: number, body: Buffer | string) =>
      void response.writeHead(status, CONTENT_TYPE).end(body);
    const cut = () => void request.socket.destroy();
    const wait = () => delay(proxy.patience, undefined, { ref: false });

    const fate = proxy.decide(operation, input);
    const refusal = refusalOf(fate, operation, input);
    if (fate === 'hang') return;
    if (fate === 'cut') return cut();
    if (refusal && fate !== 'error-after')
      return send(refusal.status, JSON.stringify(refusal.body));
    if (fate === 'late') await wait();

    const rewritten = proxy.rewrite?.(operation, input) ?? input;
    const body = rewritten === input ? sent : JSON.stringify(rewritten);
    const { status, text } = await forward(proxy.upstream, agent, request.headers, body);
    const { reshape } = proxy;
    const output =
      reshape && status === 200
        ? JSON.stringify(reshape(operation, input, JSON.parse(`${text}`)))
        : text;

    if (fate === 'cut-after') return cut();
    if (refusal) return send(refusal.status, JSON.stringify(refusal.body));
    if (fate === 'slow') await wait();
    send(status, output);
  }

  const server = createServer((request, response) => {
    // By the date the SDK would find that a clock which a test lets run fast is wrong, and retry every error.
    response.sendDate = false;
    answer(request, response).catch((error: NodeJS.ErrnoException) => {
      request.socket.destroy();
      // With a code, the database is away, or the client is; without, a test has a mistake.
      if (error.code === undefined) throw error;
    });
  });
  // An idle connection that is closed while the client sends would be a fault that nobody asked for.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const proxy: DynamoDBProxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    operations: [],
    accesses: [],
    upstream,
    decide: () => 'pass',
    rewrite: undefined,
    reshape: undefined,
    patience: 1_000,
    stop: () => {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
  return proxy;
}
