import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type DynamoDBProxy, startDynamoDBProxy } from '../dynamodb-proxy/proxy.ts';
import { call, click, createReferral, signUp } from './client.ts';
import { domainOn, newUserId } from './domain.ts';
import { startTestService, type TestService } from './test-service.ts';

const shared = inject('outputs');
/** Bodies of the sent messages. */
const messages: string[] = [];

// The part of SQS that sending needs. The SDK compares the digest.
const queue = createServer(async (request, response) => {
  const { MessageBody } = JSON.parse((await buffer(request)).toString());
  messages.push(MessageBody);
  const MD5OfMessageBody = createHash('md5').update(MessageBody).digest('hex');
  response.setHeader('content-type', 'application/x-amz-json-1.0');
  response.end(JSON.stringify({ MessageId: '1', MD5OfMessageBody }));
});

let proxy: DynamoDBProxy;
let service: TestService;
let variables: Record<string, string>;

beforeAll(async () => {
  queue.listen(0, '127.0.0.1');
  await once(queue, 'listening');
  const endpoint = `http://127.0.0.1:${(queue.address() as AddressInfo).port}`;
  proxy = await startDynamoDBProxy(shared.DynamoDBEndpoint);
  variables = {
    DYNAMODB_ENDPOINT: proxy.endpoint,
    AWS_ENDPOINT_URL_SQS: endpoint,
    SIGN_UP_QUEUE_URL: `${endpoint}/000000000000/sign-ups`,
  };
  service = await startTestService({ variables });
});
afterAll(async () => {
  await service.stop();
  proxy.stop();
  queue.close();
  queue.closeAllConnections();
});

const signUpMessage = (userId: string) =>
  JSON.stringify({ userId, attributes: {}, signedUpAt: new Date().toISOString() });

const retry = async (...bodies: string[]) => {
  const Records = bodies.map((body, index) => ({
    messageId: `message-${index}`,
    eventSource: 'aws:sqs',
    body,
  }));
  const path = '/2015-03-31/functions/retry-sign-up/invocations';
  return (await call(service.outputs, `POST ${path}`, { body: { Records } })).body;
};

describe('a sign-up without its link', () => {
  test.each(['cut', 'hang'] as const)(
    '(%s) succeeds, waits in the queue, and gets its link and its credit once, later',
    async (fate) => {
      const owner = await signUp(service.outputs);
      const code = await createReferral(service.outputs, owner);
      const { session } = await click(service.outputs, code);
      messages.length = 0;
      proxy.decide = () => fate;
      const started = performance.now();
      const referee = await signUp(service.outputs, session);
      expect(performance.now() - started).toBeLessThan(5000);
      proxy.decide = () => 'pass';
      const [message = ''] = messages;
      expect(messages).toHaveLength(1);
      expect(JSON.parse(message)).toEqual({
        userId: referee.userId,
        attributes: {},
        signedUpAt: expect.stringMatching(/^\d{4}-.*Z$/),
        session,
      });

      expect(await retry(message)).toEqual({ batchItemFailures: [] });
      expect(await retry(message)).toEqual({ batchItemFailures: [] });
      const { store } = domainOn(shared);
      expect(await store.allReferrals(referee.userId)).toHaveLength(1);
      const { body } = await call(service.outputs, `GET /referrals/${code}/responses`, {
        token: owner.token,
      });
      expect(
        body.items.map(({ action, userId }: Record<string, string>) => [action, userId]),
      ).toEqual([
        ['SIGNED_UP', referee.userId],
        ['RESPONDED', referee.userId],
      ]);
    },
  );
});

test('a queued sign-up has the user’s attributes only if the hook generateCode needs them', async () => {
  const hooks = join(inject('scratch'), 'codes.mjs');
  await writeFile(hooks, 'export const generateCode = () => Math.random().toString(36).slice(2);');
  const hooked = await startTestService({ variables: { ...variables, HOOKS: hooks } });
  messages.length = 0;
  proxy.decide = () => 'cut';
  const { userId, email } = await signUp(hooked.outputs);
  proxy.decide = () => 'pass';
  expect(messages.map((message) => JSON.parse(message))).toEqual([
    {
      userId,
      attributes: expect.objectContaining({ sub: userId, email }),
      signedUpAt: expect.any(String),
    },
  ]);
  await hooked.stop();
});

test('a sign-up succeeds in time even if neither the table nor the queue answers', async () => {
  queue.removeAllListeners('request');
  proxy.decide = () => 'hang';
  const started = performance.now();
  await signUp(service.outputs);
  // Lambda would end the function after 4 s, and Cognito the sign-up after 5 s.
  expect(performance.now() - started).toBeLessThan(4000);
  proxy.decide = () => 'pass';
});

describe('retry-sign-up', () => {
  test('gives back messages that it can’t read, and handles the others', async () => {
    const userId = newUserId();
    const good = signUpMessage(userId);
    const { batchItemFailures } = await retry('nonsense', good, '{}', '{"userId":7}');
    expect(batchItemFailures).toEqual(
      ['message-0', 'message-2', 'message-3'].map((itemIdentifier) => ({ itemIdentifier })),
    );
    expect(await domainOn(shared).store.allReferrals(userId)).toHaveLength(1);
  });

  test('gives back every message while the database is away', async () => {
    proxy.decide = () => 'cut';
    const body = signUpMessage(newUserId());
    expect(await retry(body)).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
    proxy.decide = () => 'pass';
  });
});
