import { describe, expect, inject, test } from 'vitest';
import { call, click, createReferral, sessionIn, signUp } from './client.ts';
import { startTestService } from './test-service.ts';

const { DynamoDBEndpoint } = inject('outputs');

/** A service with its own settings, on the shared table. */
async function withSettings(
  settings: Record<string, string>,
  run: (outputs: Awaited<ReturnType<typeof startTestService>>['outputs']) => Promise<void>,
): Promise<void> {
  const variables = { DYNAMODB_ENDPOINT: DynamoDBEndpoint, ...settings };
  const service = await startTestService({ variables });
  try {
    await run(service.outputs);
  } finally {
    await service.stop();
  }
}

describe('settings', () => {
  test('an app on another site gets a handoff in the URL, and its links lead there', () =>
    withSettings({ APP_URL: 'https://app.example.com' }, async (outputs) => {
      const user = await signUp(outputs);
      expect(outputs.DefaultRedirectTo).toBe('https://app.example.com/');
      const code = await createReferral(outputs, user, { redirectTo: '/welcome?a=1#top' });
      const answer = await click(outputs, code);
      expect(answer.headers.get('location')).toMatch(
        /^https:\/\/app\.example\.com\/welcome\?a=1&referral_handoff=[\w-]+#top$/,
      );
      const signed = '/x?color=dark%20blue&flag&sig=a/b~c&referral_handoff=old';
      const override = `GET /r/${code}?redirect_to=${encodeURIComponent(signed)}`;
      const other = await call(outputs, override);
      expect(other.headers.get('location')).toMatch(
        /^https:\/\/app\.example\.com\/x\?color=dark%20blue&flag&sig=a\/b~c&referral_handoff=[\w-]+$/,
      );
      const { headers } = await call(outputs, `GET /r/${code}`, {
        headers: { 'user-agent': 'Googlebot/2.1' },
      });
      expect(headers.get('location')).toBe('https://app.example.com/welcome?a=1#top');
      const { body } = await call(outputs, 'GET /attribution', { session: answer.session });
      expect(body.referral.code).toBe(code);
    }));

  test('a host other than the app’s gets no parameter of the service', () =>
    withSettings(
      { APP_URL: 'https://app.example.com', ALLOWED_REDIRECT_HOSTS: 'shop.example.com' },
      async (outputs) => {
        const code = await createReferral(outputs, await signUp(outputs));
        const shop = 'https://shop.example.com/sale';
        const { headers } = await call(outputs, `GET /r/${code}?redirect_to=${shop}&utm_source=a`);
        expect(headers.get('location')).toBe(`${shop}?utm_source=a`);
        expect(headers.get('set-cookie')).toContain('referral_session=');

        const stolen = encodeURIComponent('/?referral%5Fsession=S&a=1');
        const answer = await call(outputs, `GET /r/${code}?redirect_to=${stolen}`);
        expect(answer.headers.get('location')).toMatch(
          /^https:\/\/app\.example\.com\/\?a=1&referral_handoff=[\w-]+$/,
        );
      },
    ));

  test('the cookie, the redirect parameter, hosts, the destination and names can be set', () =>
    withSettings(
      {
        APP_URL: 'https://app.example.com',
        DEFAULT_REDIRECT_TO: 'https://app.example.com/start',
        ALLOWED_REDIRECT_HOSTS: 'shop.example.com,docs.example.com',
        REDIRECT_PARAMETER: 'next',
        SESSION_COOKIE_NAME: 'visitor',
        SESSION_COOKIE_DOMAIN: 'example.com',
        SESSION_MAX_AGE_SECONDS: '3600',
        ACTION_DISPLAY: JSON.stringify({ RESPONDED: 'Clicked', BOUGHT: 'Bought something' }),
      },
      async (outputs) => {
        const user = await signUp(outputs);
        const own = await call(outputs, 'GET /me/referral', { token: user.token });
        expect(own.body.redirectTo).toBe('https://app.example.com/start');

        const code = await createReferral(outputs, user, {
          redirectTo: 'https://shop.example.com/sale',
        });
        const answer = await call(outputs, `GET /r/${code}?next=https://docs.example.com/x`);
        const session = sessionIn(answer);
        expect(answer.headers.get('location')).toBe('https://docs.example.com/x');
        expect(answer.headers.get('set-cookie')).toBe(
          `visitor=${session}; Max-Age=3600; Domain=example.com; Path=/; HttpOnly; Secure; SameSite=Lax`,
        );
        const unset = await call(outputs, `GET /r/${code}?redirect_to=/x`);
        expect(unset.headers.get('location')).toBe('https://shop.example.com/sale?redirect_to=/x');

        const acted = await call(outputs, 'POST /actions', {
          headers: { cookie: `visitor=${session}` },
          body: { action: 'BOUGHT' },
        });
        expect(acted.body.response.actionDisplay).toBe('Bought something');
        const path = `GET /referrals/${code}/responses`;
        const { body } = await call(outputs, path, { token: user.token });
        expect(body.items.at(-1).actionDisplay).toBe('Clicked');
      },
    ));

  test('attribution model and window can be set', () =>
    withSettings(
      { ATTRIBUTION_MODEL: 'first', ATTRIBUTION_WINDOW_SECONDS: '3600' },
      async (outputs) => {
        const user = await signUp(outputs);
        const first = await createReferral(outputs, user, { redirectTo: '/1' });
        const { session } = await click(outputs, first);
        await click(outputs, await createReferral(outputs, user, { redirectTo: '/2' }), session);
        const { body } = await call(outputs, 'GET /attribution', { session });
        expect(body.referral.code).toBe(first);
      },
    ));
});
