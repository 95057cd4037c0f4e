import { expect, test } from 'vitest';
import { clickToClassify } from '../../functions/http/click-request.ts';
import { type HttpEvent, httpHandler } from '../../functions/http/http-handler.ts';
import { readSettings } from '../../functions/setup/settings.ts';

const variables = {
  TABLE_NAME: 'referrals',
  API_URL: 'https://go.example.com',
  APP_URL: 'https://app.example.com',
};

const eventWith = (headers: Record<string, string>) =>
  ({
    headers,
    requestContext: { http: { method: 'GET' } },
    pathParameters: { proxy: 'x' },
  }) as unknown as HttpEvent;

/** Calls a function of a deployment that has the secret, if it has one. */
const call = (headers: Record<string, string>, secret?: string) => {
  const settings = readSettings({ ...variables, ...(secret && { ORIGIN_SECRET: secret }) });
  const handler = httpHandler(settings, async () => ({ statusCode: 204 }));
  const context = { getRemainingTimeInMillis: () => 3_000 };
  return handler(eventWith(headers), context as never);
};

test('a request with the secret of the CDN is answered, and any if there is no secret', async () => {
  expect(await call({ 'x-origin-secret': 'correct' }, 'correct')).toMatchObject({
    statusCode: 204,
  });
  expect(await call({})).toMatchObject({ statusCode: 204 });
});

test.each([[{}], [{ 'x-origin-secret': '' }], [{ 'x-origin-secret': 'correc' }]])(
  'a request with %j instead of the secret is 403, and the secret is not told',
  async (headers) => {
    const { statusCode, body } = await call(headers as Record<string, string>, 'correct');
    expect([statusCode, JSON.parse(body ?? '')]).toEqual([
      403,
      {
        type: 'about:blank',
        title: 'Forbidden',
        status: 403,
        code: 'forbidden',
        detail: "Requests must come through the links' own domain.",
      },
    ]);
  },
);

test('a hook that classifies clicks does not see the secret', () => {
  const event = eventWith({ 'x-origin-secret': 'correct', accept: '*/*' });
  expect(clickToClassify(event).headers).toEqual({ accept: '*/*' });
});
