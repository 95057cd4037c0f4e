import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { accessesOf } from './accesses.ts';
import { type Decide, type Input, refusalOf } from './fates.ts';
import { forward } from './forward.ts';

/** Changes a request on its way to the database. */
export type Rewrite = (operation: string, input: Input) => Input;

/** Changes an answer on its way to the client. Errors stay as they are. */
// biome-ignore lint/suspicious/noExplicitAny: answers are as loose as JSON
export type Reshape = (operation: string, input: Input, output: any) => unknown;

export interface DynamoDBProxy {
  readonly endpoint: string;
  /** Operations that arrived, such as `PutItem`, in order. One that is sent again is here once. */
  readonly operations: string[];
  /** The access to each item: `PutItem VISITOR#`, `QueryIndex OWNER#`. */
  readonly accesses: string[];
  /** Number of operations that are not over yet. Their clients may have given them up. */
  readonly pending: () => number;
  /** The address of the database. Connections are cut while nobody answers there. */
  upstream: string;
  /** Decides each operation's fate; all pass until it is set. */
  decide: Decide;
  rewrite: Rewrite | undefined;
  reshape: Reshape | undefined;
  /** Delay of the fates `slow` and `late` in milliseconds: longer than a client waits. */
  patience: number;
  readonly stop: () => void;
}

const CONTENT_TYPE = { 'content-type': 'application/x-amz-json-1.0' };

/** Starts a proxy in front of a DynamoDB. It counts requests, and makes them fail as they do in reality. */
export async function startDynamoDBProxy(upstream: string): Promise<DynamoDBProxy> {
  const agent = new Agent({ keepAlive: true });
  const invocations = new Set<string>();
  let pending = 0;

  /** The SDK sends a request again if the answer is late, as it may be on a busy machine. */
  const isSentAgain = ({ headers }: IncomingMessage): boolean => {
    const invocation = headers['amz-sdk-invocation-id'];
    if (typeof invocation !== 'string') return false;
    return invocations.size === invocations.add(invocation).size;
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sent = await buffer(request);
    const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    const input = JSON.parse(`${sent}`);
    if (!isSentAgain(request)) {
      proxy.operations.push(operation);
      proxy.accesses.push(...accessesOf(operation, input));
    }

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
    // With a date, the SDK would take a test's fast clock for wrong, and retry every error.
    response.sendDate = false;
    pending += 1;
    answer(request, response)
      .finally(() => {
        pending -= 1;
      })
      .catch((error: NodeJS.ErrnoException) => {
        request.socket.destroy();
        // An error with a code means that the database or the client is away. Others are mistakes in a test.
        if (error.code === undefined) throw error;
      });
  });
  // Closing an idle connection while the client sends would be an unwanted fault.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const proxy: DynamoDBProxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    operations: [],
    accesses: [],
    pending: () => pending,
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
