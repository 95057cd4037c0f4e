import { beforeAll, describe, expect, test } from 'vitest';
import { apiRoutes } from './api-routes.ts';
import { call, createReferral, signUp } from './client.ts';
import { refused, service, session, user, withWatchedService } from './refusals.ts';

withWatchedService();

describe('a body that is', () => {
  const routes = apiRoutes.filter(({ hasBody }) => hasBody).map(({ route }) => route);
  const both = (body: unknown) => routes.map((route): [string, unknown] => [route, body]);

  test.each([...both('{"a":'), ...both('nonsense'), ...both('{"__proto__":{}}')])(
    'malformed JSON is 400 (%s %j)',
    (route, body) =>
      refused(route, { token: user.token, session, body }, 400, 'malformed_json', 'body'),
  );

  test.each([...both([]), ...both('null'), ...both('"text"'), ...both('7')])(
    'not an object is 422 (%s %j)',
    (route, body) =>
      refused(route, { token: user.token, session, body }, 422, 'invalid_field', 'body'),
  );

  test.each(routes)('missing or of another content type is 422 (%s)', async (route) => {
    const who = { token: user.token, session };
    await refused(route, who, 422, 'invalid_field', 'body');
    const headers = { 'content-type': 'text/plain' };
    await refused(route, { ...who, headers, body: '{}' }, 422, 'invalid_field', 'body');
  });

  test.each(routes)('over 8 KB is 413 (%s)', (route) => {
    const body = JSON.stringify({ label: 'ä'.repeat(4096) });
    return refused(route, { token: user.token, body }, 413, 'body_too_large', 'body');
  });
});

const wrongFields: [string, object, string][] = [
  ['a destination of a wrong type', { redirectTo: 7 }, 'redirectTo'],
  ['an empty destination', { redirectTo: '' }, 'redirectTo'],
  ['a destination that is too long', { redirectTo: `/${'x'.repeat(2048)}` }, 'redirectTo'],
  ['control characters in the destination', { redirectTo: '/a\nb' }, 'redirectTo'],
  ['an unknown field', { owner: 'me' }, 'owner'],
  ['a user', { userId: 'someone' }, 'userId'],
  ['a label of a wrong type', { label: ['x'] }, 'label'],
  ['a label that is too long', { label: 'x'.repeat(101) }, 'label'],
  ['a label of too many emoji', { label: '😀'.repeat(101) }, 'label'],
  ['a label that is too long in its normal form', { label: '\ufdfa'.repeat(10) }, 'label'],
  ['an empty label', { label: '' }, 'label'],
  ['a label of spaces', { label: ' \u3000 ' }, 'label'],
  ['a label that is blank', { label: '\u3164\u2800' }, 'label'],
  ['control characters in the label', { label: 'a\u0000b' }, 'label'],
  ['a line break in the label', { label: 'a\u2028b' }, 'label'],
  ['a zero-width space in the label', { label: 'a\u200bb' }, 'label'],
  ['a zero-width joiner between letters', { label: 'a\u200db' }, 'label'],
  ['a right-to-left override in the label', { label: '\u202egnp.exe' }, 'label'],
  ['half a character in the label', { label: '\udfff' }, 'label'],
  ['a target that is not an object', { target: 'x' }, 'target'],
  ['a target that is a list', { target: [] }, 'target'],
  ['a target without an id', { target: { type: 'x' } }, 'target.id'],
  ['a target with another field', { target: { type: 'x', id: 'y', z: 1 } }, 'target.z'],
  ['a target type that is too long', { target: { type: 'x'.repeat(129), id: 'y' } }, 'target.type'],
  ['a target id that is too long', { target: { type: 'x', id: 'y'.repeat(257) } }, 'target.id'],
  ['a target id that is a number', { target: { type: 'x', id: 1 } }, 'target.id'],
  ['a time that is not one', { expiresAt: 'tomorrow' }, 'expiresAt'],
  ['a day that does not exist', { expiresAt: '2030-02-31T00:00:00Z' }, 'expiresAt'],
  ['a month that does not exist', { expiresAt: '0006-13-13T00:00:00Z' }, 'expiresAt'],
  ['a time in the year 10000', { expiresAt: '9999-12-31T23:59:59-01:00' }, 'expiresAt'],
  ['a time that has passed', { expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
  ['a code while owners may not choose one', { code: 'ada-lovelace' }, 'code'],
];

const wrongDestinations = [
  'https://evil.example/',
  '//evil.example',
  'javascript:alert(1)',
  'welcome',
  '/\\evil',
  '/..//evil.example',
];

describe('POST /referrals with', () => {
  test.each<[string, object, string]>([
    ['no destination', { redirectTo: undefined }, 'redirectTo'],
    ['null for the destination', { redirectTo: null }, 'redirectTo'],
    ['a field of another route', { disabled: true }, 'disabled'],
    ...wrongFields,
  ])('%s is 422', (_, fields, field) => {
    const body = { redirectTo: '/', ...fields };
    return refused('POST /referrals', { token: user.token, body }, 422, 'invalid_field', field);
  });

  test.each(wrongDestinations)('the destination %j, which is not allowed, is 422', (redirectTo) => {
    const body = { redirectTo };
    const request = { token: user.token, body };
    return refused('POST /referrals', request, 422, 'invalid_redirect', 'redirectTo');
  });
});

describe('PATCH /referrals/{code} with', () => {
  let route: string;
  let foreign: string;
  beforeAll(async () => {
    route = `PATCH /referrals/${await createReferral(service.outputs, user)}`;
    foreign = await createReferral(service.outputs, await signUp(service.outputs));
  });

  test.each<[string, object, string]>([
    ['nothing to change', {}, 'body'],
    ['null for the destination', { redirectTo: null }, 'redirectTo'],
    ['null for the code', { code: null }, 'code'],
    ['null for disabled', { disabled: null }, 'disabled'],
    ['a text for disabled', { disabled: 'true' }, 'disabled'],
    ['a time that the service sets', { disabledAt: '2030-01-01T00:00:00Z' }, 'disabledAt'],
    ...wrongFields,
  ])('%s is 422', (_, body, field) =>
    refused(route, { token: user.token, body }, 422, 'invalid_field', field),
  );

  test.each(wrongDestinations)('the destination %j, which is not allowed, is 422', (redirectTo) => {
    const request = { token: user.token, body: { redirectTo } };
    return refused(route, request, 422, 'invalid_redirect', 'redirectTo');
  });

  test("someone else's link is 404, whatever the change is", async () => {
    for (const path of [foreign, 'unknown', '%00', 'x'.repeat(5000)]) {
      const request = { token: user.token, body: { label: 'mine' } };
      await refused(`PATCH /referrals/${path}`, request, 404, 'unknown_code', 'code');
    }
  });
});

test.each([
  ['a\u200bb', 'label must not have invisible characters.'],
  ['a\tb', 'label must not have control characters.'],
  [' ', 'label must not be empty.'],
  ['😀'.repeat(101), 'label must have at most 100 characters.'],
])('the refusal of the label %j says what is wrong', async (label, detail) => {
  const body = { redirectTo: '/', label };
  const answer = await call(service.outputs, 'POST /referrals', { token: user.token, body });
  expect(answer.body.detail).toBe(detail);
});

describe('POST /actions with', () => {
  test.each([
    ['no action', {}, 'action'],
    ['an action of a wrong type', { action: {} }, 'action'],
    ['an action that is too long', { action: 'x'.repeat(129) }, 'action'],
    ['an action of white space', { action: ' \u00a0\u3000 ' }, 'action'],
    ['an invisible action', { action: '\u200b' }, 'action'],
    ['control characters in the action', { action: 'a\tb' }, 'action'],
    ['an action that only the service records', { action: 'RESPONDED' }, 'action'],
    ['an action that only a sign-up records', { action: 'SIGNED_UP' }, 'action'],
    ['half a character', { action: '\ud800' }, 'action'],
    ['an unknown field', { action: 'A', code: 'x' }, 'code'],
  ])('%s is 422', (_, body, field) =>
    refused('POST /actions', { session, body }, 422, 'invalid_field', field),
  );

  test.each(['x'.repeat(256), 'ä', 'a b', ''])('the Idempotency-Key %j is 400', (key) =>
    refused(
      'POST /actions',
      { session, headers: { 'idempotency-key': key }, body: { action: 'A' } },
      400,
      'invalid_header',
      'Idempotency-Key',
    ),
  );
});

describe('a list with', () => {
  const lists = ['/referrals', '/responses', '/referrals/some-code/responses'];
  const all = (query: string) => lists.map((path): [string, string] => [path, query]);

  test.each(['0', '101', '-1', '1.5', 'many', '', '1e1'].flatMap((limit) => all(`limit=${limit}`)))(
    'a wrong limit is 400 (%s?%s)',
    (path, query) =>
      refused(
        `GET ${path}?${query}`,
        { token: user.token, session },
        400,
        'invalid_limit',
        'limit',
      ),
  );

  test.each(
    ['x', '', '%00', '9'.repeat(26), 'x'.repeat(5000)].flatMap((cursor) => all(`cursor=${cursor}`)),
  )('a garbage cursor is 400 (%s?%s)', (path, query) =>
    refused(
      `GET ${path}?${query}`,
      { token: user.token, session },
      400,
      'invalid_cursor',
      'cursor',
    ),
  );
});

describe('a request for an unknown route', () => {
  test.each(['GET /nothing', 'POST /r/some-code', 'DELETE /referrals', 'GET //evil.example'])(
    'is 404 from the gateway (%s)',
    async (route) => {
      const { status, body } = await call(service.outputs, route);
      expect([status, body]).toEqual([404, { message: 'Not Found' }]);
    },
  );
});

test('a content type without a body is fine if the route needs no body', async () => {
  const headers = { 'content-type': 'application/json' };
  for (const route of ['GET /me/referral', 'GET /referrals', 'POST /session/link']) {
    const { status } = await call(service.outputs, route, { token: user.token, headers });
    expect(status).toBe(200);
  }
});

describe('a page of another origin', () => {
  const preflight = (origin: string) =>
    call(service.outputs, 'OPTIONS /actions', {
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,idempotency-key,x-referral-session',
      },
    });

  test('may not call the API, but the app’s pages may, with credentials', async () => {
    const { ApiUrl } = service.outputs;
    const allowed = await preflight(ApiUrl);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(ApiUrl);
    expect(allowed.headers.get('access-control-allow-credentials')).toBe('true');
    expect(allowed.headers.get('access-control-expose-headers')).toBe('retry-after');
    const foreign = await preflight('https://evil.example');
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
  });
});
