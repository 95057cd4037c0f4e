import { describe, expect, inject, test } from 'vitest';
import { apiRoutes, userRoutes } from './api-routes.ts';
import { call, signIn, signUp } from './client.ts';
import { newSession } from './domain.ts';
import {
  expectUntouched,
  refused,
  service,
  session,
  user,
  withWatchedService,
} from './refusals.ts';

const shared = inject('outputs');

withWatchedService();

describe('a garbage session in the header', () => {
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

  test('is 400 even if the cookie is fine', () =>
    refused(
      'GET /attribution',
      { session: 'x', headers: { cookie: `referral_session=${session}` } },
      400,
      'invalid_session',
      'X-Referral-Session',
    ));
});

describe('a garbage token', () => {
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

  test.each(apiRoutes.filter(({ auth }) => auth === 'optional'))(
    'is 401 on a route with an optional token ($route)',
    async ({ route, example: body }) => {
      for (const token of await garbage()) {
        await refused(route, { token, session, body }, 401, 'unauthorized', 'Authorization');
      }
    },
  );

  test.each(userRoutes)(
    'is 401 from the gateway on a route that needs a token, and so is no token ($route)',
    async ({ route }) => {
      for (const token of [undefined, ...(await garbage())]) {
        const { status, body } = await call(service.outputs, route, { token });
        expect([status, body]).toEqual([401, { message: 'Unauthorized' }]);
      }
      expectUntouched();
    },
  );

  test('an access token works like an id token', async () => {
    const { accessToken } = await signIn(service.outputs, user.email);
    for (const route of ['GET /me/referral', 'GET /attribution']) {
      expect((await call(service.outputs, route, { token: accessToken })).status).toBe(200);
    }
  });
});

async function tokenOfAnotherPool(): Promise<string> {
  return (await signUp(shared)).token;
}
