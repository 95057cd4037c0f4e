import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { call, click, createReferral, signUp } from './client.ts';
import { newSession, newUserId } from './domain.ts';
import { startTestService } from './test-service.ts';

const outputs = inject('outputs');

const invoke = (service: typeof outputs, name: string, event: unknown) =>
  call(service, `POST /2015-03-31/functions/${name}/invocations`, { body: event });

describe('record-backend-action', () => {
  const record = (event: unknown) => invoke(outputs, 'record-backend-action', event);

  test('records an action of a session', async () => {
    const code = await createReferral(outputs, await signUp(outputs));
    const { session } = await click(outputs, code);
    const target = { type: 'order', id: '7' };
    const event = { session, action: 'PAID', target, idempotencyKey: 'order 7' };
    const { body } = await record(event);
    expect(body).toEqual({
      response: {
        id: expect.any(String),
        code,
        action: 'PAID',
        actionDisplay: 'PAID',
        kind: 'human',
        first: false,
        trusted: true,
        via: 'link',
        userId: null,
        target,
        httpReferer: null,
        campaign: null,
        createdAt: expect.any(String),
      },
    });
    expect((await record(event)).body).toEqual(body);
  });

  test('records an action of a user', async () => {
    const code = await createReferral(outputs, await signUp(outputs));
    const { session } = await click(outputs, code);
    const { userId } = await signUp(outputs, session);
    const { body } = await record({ userId, action: 'PAID' });
    expect([body.response.code, body.response.userId]).toEqual([code, userId]);
  });

  test('records nothing if no referral gets credit', async () => {
    const { body } = await record({ userId: newUserId(), action: 'PAID' });
    expect(body).toEqual({ response: null });
  });

  test('answers with the credited referral, its owner and its label', async () => {
    const owner = await signUp(outputs);
    const code = await createReferral(outputs, owner, { redirectTo: '/welcome', label: 'news' });
    const { session } = await click(outputs, code);
    const { userId } = await signUp(outputs, session);
    const referral = {
      code,
      target: null,
      redirectTo: `${outputs.ApiUrl}/welcome`,
      respondedAt: expect.stringMatching(/Z$/),
      via: 'link',
      userId: owner.userId,
      label: 'news',
    };
    expect((await record({ type: 'attribution', userId })).body).toEqual({ referral });
    const nobody = await record({ type: 'attribution', session: newSession() });
    expect(nobody.body).toEqual({ referral: null });
  });

  test.each([
    [{ action: 'PAID' }, 'userId or session must be given, but not both.'],
    [
      { userId: 'u', session: newSession(), action: 'PAID' },
      'userId or session must be given, but not both.',
    ],
    [{ session: 'x', action: 'PAID' }, 'session must be a session.'],
    [
      { session: `A${'b'.repeat(31)}`, action: 'PAID' },
      'session must be a session that this service has handed out.',
    ],
    [{ userId: 'u' }, 'action is required.'],
    [{ userId: 'u', action: 'PAID', amount: 7 }, 'amount is not a known field.'],
    [{ userId: 'u', action: ' ' }, 'action must not be empty.'],
    [{ type: 'x', userId: 'u', action: 'PAID' }, 'type must be action or attribution.'],
    [{ type: 'attribution' }, 'userId or session must be given, but not both.'],
    [{ type: 'attribution', userId: 'u', action: 'PAID' }, 'action is not a known field.'],
    [[], 'body must be an object.'],
  ])('fails for %j in one sentence', async (event, errorMessage) => {
    const { headers, body } = await record(event);
    expect(headers.get('x-amz-function-error')).toBe('Unhandled');
    // Its code, because a caller gets nothing else to branch on.
    expect(body).toEqual({ errorType: 'invalid_field', errorMessage });
  });
});

describe('a post-confirmation function that comes next', () => {
  const received: unknown[] = [];
  const lambda = createServer(async (request, response) => {
    const event = JSON.parse((await buffer(request)).toString());
    received.push([request.url, event]);
    if (event.userName === 'gone') {
      response.statusCode = 404;
      response.setHeader('x-amzn-errortype', 'ResourceNotFoundException');
      response.end(JSON.stringify({ Message: 'Function not found.' }));
      return;
    }
    const failing = event.userName === 'failing';
    if (failing) response.setHeader('x-amz-function-error', 'Unhandled');
    response.end(
      JSON.stringify(failing ? { errorMessage: 'Not today.' } : { ...event, answered: true }),
    );
  });
  afterAll(() => lambda.close());

  test('is called after ours with the same event, even if ours has nothing to do, and its answer is returned', async () => {
    lambda.listen(0, '127.0.0.1');
    await once(lambda, 'listening');
    const service = await startTestService({
      variables: {
        DYNAMODB_ENDPOINT: outputs.DynamoDBEndpoint,
        NEXT_POST_CONFIRMATION: 'next',
        AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`,
      },
    });
    received.length = 0;
    const confirm = (userName: string) => ({
      userName,
      triggerSource: 'PostConfirmation_ConfirmSignUp',
      request: { userAttributes: { sub: newUserId() } },
    });
    for (const event of [confirm('someone'), { ...confirm('x'), triggerSource: 'Other' }]) {
      const { body } = await invoke(service.outputs, 'confirm-sign-up', event);
      expect(body).toEqual({ ...event, answered: true });
      expect(received.pop()).toEqual(['/2015-03-31/functions/next/invocations', event]);
    }
    const { headers, body } = await invoke(service.outputs, 'confirm-sign-up', confirm('failing'));
    expect(headers.get('x-amz-function-error')).toBe('Unhandled');
    expect(body).toEqual({ errorType: 'Error', errorMessage: 'Not today.' });
    // A pool that was kept calls our function when the app's own is deleted.
    const gone = await invoke(service.outputs, 'confirm-sign-up', confirm('gone'));
    expect(gone.headers.get('x-amz-function-error')).toBeNull();
    expect(gone.body).toMatchObject({ userName: 'gone' });
    await service.stop();
  });
});
