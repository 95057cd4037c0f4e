import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** An invocation: the size of its payload in bytes, and its event. */
export interface Invocation {
  readonly bytes: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was sent
  readonly event: any;
}

/** Starts a Lambda that takes every record, or answers each invocation with this error. */
export async function startLambda(error?: { status: number; name: string; message: string }) {
  const invocations: Invocation[] = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    invocations.push({ bytes: body.length, event: JSON.parse(`${body}`) });
    if (error === undefined) {
      response.end(JSON.stringify({ batchItemFailures: [] }));
    } else {
      response.writeHead(error.status, { 'x-amzn-errortype': error.name });
      response.end(JSON.stringify({ Message: error.message }));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { endpoint, invocations };
}
