import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { inject, onTestFinished } from 'vitest';
import { startDynamoDBProxy } from '../dynamodb-proxy/proxy.ts';

const outputs = inject('outputs');

// A proxy in front of cognito-local. The emulator lists all users at once, the proxy lists them page by page.
export async function startPagingCognito(): Promise<string> {
  const server = createServer(async (request, response) => {
    const input = (await json(request)) as { Limit: number; PaginationToken?: string };
    const target = String(request.headers['x-amz-target']);
    const answer = await fetch(outputs.CognitoEndpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
      body: JSON.stringify(input),
    });
    // biome-ignore lint/suspicious/noExplicitAny: whatever the emulator answers
    const body = (await answer.json()) as any;
    if (target.endsWith('.ListUsers')) {
      const start = Number(input.PaginationToken ?? 0);
      const end = start + input.Limit;
      if (end < body.Users.length) body.PaginationToken = `${end}`;
      body.Users = body.Users.slice(start, end);
    }
    if (target.endsWith('.DescribeUserPool')) body.UserPool.EstimatedNumberOfUsers = 130;
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A DynamoDB that lets a test wait until the n-th link is put. */
export async function startWatchedDynamoDB() {
  const proxy = await startDynamoDBProxy(outputs.DynamoDBEndpoint);
  onTestFinished(proxy.stop);
  const puts = () => proxy.operations.filter((name) => name === 'TransactWriteItems').length;
  const putLinks = (count: number) =>
    new Promise<void>((resolve) => {
      proxy.decide = () => {
        if (puts() >= count) resolve();
        return 'pass';
      };
    });
  return { proxy, putLinks };
}
