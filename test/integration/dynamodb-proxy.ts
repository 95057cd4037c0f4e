import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/**
 * What becomes of a request: it passes, or its connection is cut before it reaches the database, or after
 * (the write is done and nobody hears of it), or there is never an answer, or the answer is an error
 * that DynamoDB gives and no emulator does.
 */
export type Fate = 'pass' | 'cut' | 'cut-after' | 'hang' | 'conflict' | 'throttle';

export interface DynamoDBProxy {
  readonly endpoint: string;
  /** Operations that arrived, such as `PutItem`, in order. */
  readonly operations: string[];
  /** What was asked for, item by item: `PutItem VISITOR#`, `QueryIndex OWNER#`. */
  readonly accesses: string[];
  /** Decides each operation's fate; all pass until it is set. */
  decide: (operation: string) => Fate;
  readonly stop: () => void;
}

const READS = ['GetItem', 'Query', 'BatchGetItem', 'Scan', 'TransactGetItems', 'DescribeTable'];

const CONTENT_TYPE = { 'content-type': 'application/x-amz-json-1.0' };
const TYPE = 'com.amazonaws.dynamodb.v20120810';

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
const REFUSALS: Partial<Record<Fate, object>> = {
  conflict: {
    __type: `${TYPE}#TransactionCanceledException`,
    message: 'Transaction cancelled, please refer cancellation reasons for specific reasons',
    CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
  },
  throttle: {
    __type: `${TYPE}#ThrottlingException`,
    message: 'Throughput exceeds the current capacity of your table or index.',
  },
};

/** As IAM sees a request: each item by the action that it needs, and the prefix of its partition key. */
// biome-ignore lint/suspicious/noExplicitAny: requests are as loose as JSON
function accessesOf(operation: string, input: any): string[] {
  const prefix = ({ S: key = '' }) => key.replace(/#.*/, '#');
  switch (operation) {
    case 'TransactWriteItems':
      return input.TransactItems.flatMap((write: Record<string, unknown>) =>
        Object.entries(write).flatMap(([action, inner]) => accessesOf(`${action}Item`, inner)),
      );
    case 'Query': {
      // Every key condition of ours begins with the partition key.
      const [, value = ''] = /= (:\w+)/.exec(input.KeyConditionExpression) ?? [];
      const action = input.IndexName === undefined ? 'Query' : 'QueryIndex';
      return [`${action} ${prefix(input.ExpressionAttributeValues[value])}`];
    }
    case 'GetItem':
    case 'PutItem':
    case 'DeleteItem':
      return [`${operation} ${prefix((input.Key ?? input.Item).pk)}`];
    default:
      return [];
  }
}

/** Whether an operation changes anything. */
export const isWrite = (operation: string): boolean => !READS.includes(operation);

/** Starts a proxy in front of a DynamoDB that counts requests and makes them fail as they do in life. */
export async function startDynamoDBProxy(upstream: string): Promise<DynamoDBProxy> {
  const server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    proxy.operations.push(operation);
    const body = await buffer(request);
    proxy.accesses.push(...accessesOf(operation, JSON.parse(`${body}`)));
    const fate = proxy.decide(operation);
    if (fate === 'hang') return;
    if (fate === 'cut') return void request.socket.destroy();
    const refusal = REFUSALS[fate];
    if (refusal) return void response.writeHead(400, CONTENT_TYPE).end(JSON.stringify(refusal));
    const { host, connection, 'content-length': _, ...headers } = request.headers;
    const answer = await fetch(upstream, {
      method: 'POST',
      headers: headers as Record<string, string>,
      body,
    });
    const text = await answer.text();
    if (fate === 'cut-after') return void request.socket.destroy();
    response.writeHead(answer.status, CONTENT_TYPE).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: DynamoDBProxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    operations: [],
    accesses: [],
    decide: () => 'pass',
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return proxy;
}
