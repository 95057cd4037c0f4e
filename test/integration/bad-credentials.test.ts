import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { type Call, call, click, createReferral, signIn, signUp, type User } from './client.ts';
import { newSession } from './domain.ts';
import { type DynamoDBProxy, isWrite, startDynamoDBProxy } from './dynamodb-proxy.ts';
import { startTestService, type TestService } from './test-service.ts';

const shared = inject('outputs');
let proxy: DynamoDBProxy;
let service: TestService;
let user: User;
let session: string;

beforeAll(async () => {
  proxy = await startDynamoDBProxy(shared.DynamoDBEndpoint);
  service = await startTestService({ variables: { DYNAMODB_ENDPOINT: proxy.endpoint } });
  user = await signUp(service.outputs);
  const code = await createReferral(service.outputs, await signUp(service.outputs));
  session = (await click(service.outputs, code)).session;
});
beforeEach(() => {
  proxy.operations.length = 0;
});
afterAll(async () => {
  await service.stop();
  proxy.stop();
});

/** Expects a problem document that names the field, and that nothing was written. */
async function refused(route: string, request: Call, status: number, code: string, field: string) {
  const answer = await call(service.outputs, route, request);
  expect([answer.status, answer.headers.get('content-type'), answer.body]).toEqual([
    status,
    'application/problem+json',
    {
      type: 'about:blank',
      title: expect.any(String),
      status,
      code,
      detail: expect.stringMatching(/^\S.*\.$/),
      field,
    },
  ]);
  expect(proxy.operations.filter(isWrite)).toEqual([]);
}

describe('a session in the header that is garbage', () => {
  test.each(['GET /attribution', 'GET /referrals', 'POST /session/link'])(
    'is 400 (%s)',
    async (route) => {
      for (const garbage of ['x', 'user:someone', `${newSession()}x`, '%00']) {
        await refused(
          route,
          { token: user.token, session: garbage },
          400,
          'invalid_session',
          'X-Referral-Session',
        );
      }
    },
  );

  test('is 400 even where the cookie is fine', () =>
    refused(
      'GET /attribution',
      { session: 'x', headers: { cookie: `referral_session=${session}` } },
      400,
      'invalid_session',
      'X-Referral-Session',
    ));
});

describe('a token that is garbage', () => {
  const garbage = async () => {
    const [head = '', payload = '', signature = ''] = user.token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    return [
      'x',
      'a.b.c',
      `${head}.${payload}.${signature.slice(1)}`,
      `${head}.${encode({ ...claims, sub: 'someone-else' })}.${signature}`,
      `${encode({ alg: 'none' })}.${payload}.`,
      `${encode({ alg: 'RS256', kid: 'unknown' })}.${payload}.${signature}`,
      await tokenOfAnotherPool(),
    ];
  };

  test.each(['POST /actions', 'GET /attribution'])(
    'is 401 where a token is optional (%s)',
    async (route) => {
      const body = route === 'POST /actions' ? { body: { action: 'A' } } : {};
      for (const token of await garbage()) {
        await refused(route, { token, session, ...body }, 401, 'unauthorized', 'Authorization');
      }
    },
  );

  test.each([
    'POST /referrals',
    'GET /referrals',
    'GET /referrals/some-code',
    'GET /referrals/some-code/responses',
    'GET /responses',
    'POST /session/link',
    'GET /me/referral',
  ])('is 401 from the gateway where one is needed, as is none (%s)', async (route) => {
    for (const token of [undefined, ...(await garbage())]) {
      const { status, body } = await call(service.outputs, route, { token });
      expect([status, body]).toEqual([401, { message: 'Unauthorized' }]);
    }
    expect(proxy.operations).toEqual([]);
  });

  test('an access token is as good as an id token', async () => {
    const { accessToken } = await signIn(service.outputs, user.email);
    for (const route of ['GET /me/referral', 'GET /attribution']) {
      expect((await call(service.outputs, route, { token: accessToken })).status).toBe(200);
    }
  });
});

async function tokenOfAnotherPool(): Promise<string> {
  return (await signUp(shared)).token;
}
