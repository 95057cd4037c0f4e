import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { createReferrals } from '../../web/backend/index.ts';
import { click, createReferral, signUp } from './client.ts';
import { newUserId } from './domain.ts';
import { TIME } from './time.ts';

const outputs = inject('outputs');
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const clients: LambdaClient[] = [];
afterAll(() => {
  for (const client of clients) client.destroy();
});

/** The client of a backend whose Lambda functions are at an endpoint. */
function backendAt(endpoint: string) {
  const client = new LambdaClient({ endpoint, region: 'local', credentials });
  clients.push(client);
  return createReferrals({ functionName: 'record-backend-action', client });
}

const problem = (code: string, message: string) =>
  expect.objectContaining({ name: 'ReferralsProblem', code, message, detail: message });

describe('the backend’s client', () => {
  const referrals = backendAt(outputs.ApiUrl);

  /** A visitor who came by somebody's link. */
  async function visitor() {
    const owner = await signUp(outputs);
    const code = await createReferral(outputs, owner, { redirectTo: '/welcome', label: 'news' });
    const { session } = await click(outputs, code);
    return { owner, code, session };
  }

  /** A user who signed up by a link. */
  async function referee() {
    const { code, session } = await visitor();
    const { userId } = await signUp(outputs, session);
    return { code, userId };
  }

  test('records a trusted action of a user, and the same key records it once', async () => {
    const { code, userId } = await referee();
    const action = { userId, target: { type: 'order', id: '7' }, idempotencyKey: 'order 7' };
    const recorded = await referrals.record('PAID', action);
    expect(recorded).toEqual({
      id: expect.any(String),
      code,
      action: 'PAID',
      actionDisplay: 'PAID',
      kind: 'human',
      first: false,
      trusted: true,
      via: 'link',
      userId,
      target: action.target,
      httpReferer: null,
      campaign: null,
      createdAt: TIME,
    });
    expect(await referrals.record('PAID', action)).toEqual(recorded);
    await expect(referrals.record('REFUNDED', action)).rejects.toEqual(
      problem(
        'idempotency_mismatch',
        'This Idempotency-Key was sent before with another body. Use a new key for a new action.',
      ),
    );
  });

  test('records two calls without a key as two actions', async () => {
    const { userId } = await referee();
    const [first, second] = [
      await referrals.record('PAID', { userId }),
      await referrals.record('PAID', { userId }),
    ];
    expect(first?.id).not.toBe(second?.id);
  });

  test('answers null if there is nobody to credit', async () => {
    const userId = newUserId();
    expect(await referrals.record('PAID', { userId })).toBeNull();
    expect(await referrals.attribution({ userId })).toBeNull();
  });

  test('knows who gets the credit for a session', async () => {
    const { code, session, owner } = await visitor();
    expect(await referrals.attribution({ session })).toEqual({
      code,
      target: null,
      redirectTo: `${outputs.ApiUrl}/welcome`,
      respondedAt: TIME,
      via: 'link',
      userId: owner.userId,
      label: 'news',
    });
  });

  test('says what the function refuses, once', async () => {
    await expect(referrals.attribution({ session: 'x' })).rejects.toEqual(
      problem('invalid_field', 'session must be a session.'),
    );
    await expect(referrals.record(' ', { userId: 'u' })).rejects.toEqual(
      problem('invalid_field', 'action must not be empty.'),
    );
  });
});

describe('the backend’s client, if Lambda has trouble', () => {
  const received: Record<string, unknown>[] = [];
  let answers: object[];
  const lambda = createServer(async (request, response) => {
    received.push({ path: request.url, ...((await json(request)) as object) });
    const answer = answers.shift() ?? { response: null };
    if ('errorMessage' in answer) response.setHeader('x-amz-function-error', 'Unhandled');
    response.end(JSON.stringify(answer));
  });
  let endpoint: string;

  beforeAll(async () => {
    lambda.listen(0, '127.0.0.1');
    await once(lambda, 'listening');
    endpoint = `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    received.length = 0;
    answers = [];
  });
  afterAll(() => {
    lambda.close();
    lambda.closeAllConnections();
  });

  const busy = { errorType: 'unavailable', errorMessage: 'The service is busy.' };
  const timeout = { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 10 s' };

  test('repeats a call that failed, and its key stays the same', async () => {
    answers = [busy, timeout, { response: { id: '1' } }];
    const recorded = await backendAt(endpoint).record('PAID', { userId: 'grace' });
    expect(recorded).toEqual({ id: '1' });
    const idempotencyKey = received[0]?.idempotencyKey;
    expect(idempotencyKey).toMatch(/^[\da-f-]{36}$/);
    const request = {
      path: '/2015-03-31/functions/record-backend-action/invocations',
      action: 'PAID',
      userId: 'grace',
      idempotencyKey,
    };
    expect(received).toEqual([request, request, request]);
  });

  test('gives up after four attempts, and says what the function said', async () => {
    answers = Array(5).fill(timeout);
    await expect(backendAt(endpoint).attribution({ userId: 'grace' })).rejects.toEqual(
      problem('internal', 'The function failed: Sandbox.Timedout: Task timed out after 10 s'),
    );
    expect(received).toHaveLength(4);
  });

  test('ends a wait when its signal does', async () => {
    answers = Array(5).fill(busy);
    const controller = new AbortController();
    const call = backendAt(endpoint).record('PAID', { userId: 'u', signal: controller.signal });
    await vi.waitFor(() => expect(received).toHaveLength(1), 10_000);
    controller.abort(new Error('The request is over.'));
    await expect(call).rejects.toThrow('The request is over.');
    expect(received).toHaveLength(1);
  });

  test('takes name, region and credentials from the environment of a Lambda function', async () => {
    const environment = {
      REFERRALS_RECORD_ACTION_FUNCTION: 'from-the-environment',
      AWS_ENDPOINT_URL_LAMBDA: endpoint,
      AWS_REGION: 'local',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    expect(await createReferrals().record('PAID', { userId: 'grace' })).toBeNull();
    vi.unstubAllEnvs();
    expect(received.map(({ path }) => path)).toEqual([
      '/2015-03-31/functions/from-the-environment/invocations',
    ]);
  });

  test('says what is missing if nobody gave the function’s name', async () => {
    await expect(createReferrals().record('PAID', { userId: 'grace' })).rejects.toThrow(
      'functionName must be the name of record-backend-action: grantRecordAction() puts it into REFERRALS_RECORD_ACTION_FUNCTION.',
    );
  });
});
