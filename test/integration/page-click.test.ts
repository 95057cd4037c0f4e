import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createReferral as createInDomain } from '../../functions/core/create-referral.ts';
import type { Outputs } from '../../local/outputs.ts';
import { CLIENT_IP, call, createReferral, newIp, sessionIn, signUp } from './client.ts';
import { domainOn, newSession, newUserId } from './domain.ts';
import { startTestService, type TestService } from './test-service.ts';

const outputs = inject('outputs');
const DAY = 24 * 60 * 60_000;

interface Visit {
  readonly token?: string;
  readonly session?: string | undefined;
  readonly headers?: Record<string, string>;
  readonly [field: string]: unknown;
}

/** A visitor arrives at a page of the app by `?ref=`. */
const arrive = (code: unknown, visit: Visit = {}, service: Outputs = outputs) => {
  const { token, session, headers, ...body } = visit;
  return call(service, 'POST /clicks', {
    token,
    session,
    headers: { [CLIENT_IP]: newIp(), ...headers },
    body: { code, ...body },
  });
};

async function newLink(service: Outputs = outputs) {
  const owner = await signUp(service);
  const code = await createReferral(service, owner);
  const responses = async () =>
    (await call(service, `GET /referrals/${code}/responses`, { token: owner.token })).body.items;
  return {
    owner,
    code,
    responses,
    recorded: async () =>
      (await responses()).map(({ action, via, kind, userId, first }: Record<string, unknown>) =>
        [action, via, kind, userId, first].join(' '),
      ),
    counts: async () => {
      const { body } = await call(service, `GET /referrals/${code}`, { token: owner.token });
      return [body.clicks, body.uniqueVisitors];
    },
  };
}

describe('POST /clicks', () => {
  test('a new visitor gets a session, and what they do with it is credited to the link', async () => {
    const { code, recorded } = await newLink();
    const { status, body } = await arrive(code);
    expect([status, body]).toEqual([
      200,
      {
        referral: {
          code,
          target: null,
          redirectTo: `${outputs.ApiUrl}/welcome`,
          respondedAt: expect.stringMatching(/Z$/),
          via: 'page',
        },
        session: expect.stringMatching(/^[\w-]{32}$/),
        cookie: true,
      },
    ]);
    const { userId } = await signUp(outputs, body.session);
    expect(await recorded()).toEqual([
      `SIGNED_UP page human ${userId} false`,
      `RESPONDED page human ${userId} true`,
    ]);
  });

  test('the campaign and the site before are kept, without what may be secret in them', async () => {
    const { code, responses } = await newLink();
    const page = 'https://app.example.com/pricing?token=secret&utm_source=mail&utm_term=a%20b#x';
    await arrive(code, { page, referrer: 'https://blog.example.com/post?key=secret' });
    const [{ campaign, httpReferer, target }] = await responses();
    expect({ campaign, httpReferer, target }).toEqual({
      campaign: { source: 'mail', term: 'a b' },
      httpReferer: 'https://blog.example.com/post',
      target: null,
    });
  });

  test('the page that sends the click is not the site before', async () => {
    const { code, responses } = await newLink();
    await arrive(code, { headers: { referer: 'https://app.example.com/pricing' } });
    expect((await responses())[0].httpReferer).toBeNull();
  });

  test.each([
    ['page', 'not an address'],
    ['page', ''],
    ['page', '/?utm_source=mail'],
    ['referrer', ''],
    ['referrer', 'javascript:alert(1)'],
  ])('a %s that is %j is ignored', async (field, value) => {
    const { code, responses } = await newLink();
    expect((await arrive(code, { [field]: value })).status).toBe(200);
    const [{ campaign, httpReferer }] = await responses();
    expect([campaign, httpReferer]).toEqual([null, null]);
  });

  test('a visitor who comes back keeps the session, and is no new visitor', async () => {
    const { code, recorded, counts } = await newLink();
    const { session } = (await arrive(code)).body;
    const again = await arrive(code, { session });
    expect(again.body.session).toBe(session);
    const byCookie = await arrive(code, { headers: { cookie: `referral_session=${session}` } });
    expect(byCookie.body.session).toBe(session);
    expect(await recorded()).toEqual([
      'RESPONDED page human  false',
      'RESPONDED page human  false',
      'RESPONDED page human  true',
    ]);
    expect(await counts()).toEqual([3, 1]);
  });

  test('the cookie keeps the session where the app shares it, so that a link finds it, too', async () => {
    const { code } = await newLink();
    const answer = await arrive(code);
    expect(sessionIn(answer)).toBe(answer.body.session);
  });

  test('a signed-in user is credited at once', async () => {
    const { code, recorded } = await newLink();
    const { token, userId } = await signUp(outputs);
    const { body } = await arrive(code, { token });
    expect(body.referral.code).toBe(code);
    expect(await recorded()).toEqual([`RESPONDED page human ${userId} true`]);
  });

  test('the owner who opens their own address is no click', async () => {
    const { owner, code, recorded, counts } = await newLink();
    const signedIn = await arrive(code, { token: owner.token });
    const later = await arrive(code, { session: signedIn.body.session });
    expect([signedIn.body.referral, later.body.referral]).toEqual([null, null]);
    expect(await recorded()).toEqual([
      'RESPONDED page own  false',
      `RESPONDED page own ${owner.userId} false`,
    ]);
    expect(await counts()).toEqual([0, 0]);
  });

  test('a machine is recorded as one, and gets no session', async () => {
    const { code, recorded } = await newLink();
    const answer = await arrive(code, { headers: { 'user-agent': 'Googlebot/2.1' } });
    expect([answer.status, answer.body, sessionIn(answer)]).toEqual([
      200,
      { referral: null, session: null, cookie: true },
      '',
    ]);
    expect(await recorded()).toEqual(['RESPONDED page bot  false']);
  });

  test('the fetch of a browser is by a human, though it loads no document', async () => {
    const { code, recorded } = await newLink();
    await arrive(code, { headers: { 'sec-fetch-dest': 'empty', 'sec-fetch-mode': 'cors' } });
    expect(await recorded()).toEqual(['RESPONDED page human  true']);
  });

  test.each(['nobody-has-this', 'no code', '.', ' ', '"><script>', 'too-long-'.repeat(8)])(
    'a code that does not exist is 404: %j',
    async (code) => {
      const { status, body } = await arrive(code);
      expect([status, body.code, body.field]).toEqual([404, 'unknown_code', 'code']);
    },
  );

  test('an expired link is 404, and nothing is recorded', async () => {
    const domain = domainOn(outputs);
    domain.clock.now = new Date(Date.now() - 2 * DAY);
    const expiresAt = new Date(Date.now() - DAY).toISOString();
    const { referral } = await createInDomain(domain, {
      userId: newUserId(),
      redirectTo: '/',
      expiresAt,
    });
    const { status, body } = await arrive(referral.code);
    expect([status, body.code]).toEqual([404, 'unknown_code']);
    const { items } = await domain.store.listResponses([referral], { limit: 10 });
    expect(items).toEqual([]);
  });

  test.each([
    [{ code: 7 }, 'code'],
    [{}, 'code'],
    [{ code: 'x', page: 7 }, 'page'],
    [{ code: 'x', referrer: null }, 'referrer'],
    [{ code: 'x', more: 1 }, 'more'],
  ])('a body such as %j is 422', async (body, field) => {
    const answer = await call(outputs, 'POST /clicks', { body });
    expect([answer.status, answer.body.code, answer.body.field]).toEqual([
      422,
      'invalid_field',
      field,
    ]);
  });
});

describe('the session of the browser', () => {
  test('is told to a page that asks', async () => {
    const session = newSession();
    const cookie = `referral_session=${session}`;
    const asked = await call(outputs, 'POST /session', { body: {}, headers: { cookie } });
    expect([asked.status, asked.body]).toEqual([200, { session, cookie: true }]);
  });

  test('is null if there is none, or if the service did not make it', async () => {
    for (const cookie of ['', `referral_session=${'x'.repeat(32)}`]) {
      const { status, body } = await call(outputs, 'POST /session', {
        body: {},
        headers: { cookie },
      });
      expect([status, body]).toEqual([200, { session: null, cookie: true }]);
    }
  });
});

describe('an app on another site', () => {
  let service: TestService;
  beforeAll(async () => {
    const { DynamoDBEndpoint } = outputs;
    const variables = {
      DYNAMODB_ENDPOINT: DynamoDBEndpoint,
      APP_URL: 'https://app.example.com',
      GLOBAL_PRIVACY_CONTROL: 'true',
    };
    service = await startTestService({ variables });
  });
  afterAll(() => service.stop());

  test('keeps the session itself, and no cookie is set', async () => {
    const { code } = await newLink(service.outputs);
    const answer = await arrive(code, {}, service.outputs);
    expect([answer.body.cookie, sessionIn(answer)]).toEqual([false, '']);
    expect(answer.body.session).toMatch(/^[\w-]{32}$/);
  });

  test('where Global Privacy Control is honoured, a visitor who asks for it counts, and gets no session', async () => {
    const { code, recorded, counts } = await newLink(service.outputs);
    const headers = { 'sec-gpc': '1' };
    const page = await arrive(code, { headers }, service.outputs);
    expect(page.body).toEqual({ referral: null, session: null, cookie: false });
    const redirect = await call(service.outputs, `GET /r/${code}`, { headers });
    expect([redirect.status, redirect.headers.get('location'), sessionIn(redirect)]).toEqual([
      302,
      'https://app.example.com/welcome',
      '',
    ]);
    expect(await recorded()).toEqual(['RESPONDED link human  true', 'RESPONDED page human  true']);
    expect((await counts())[0]).toBe(2);
  });

  test('there, a code that they type counts, and nothing more', async () => {
    const { code, recorded } = await newLink(service.outputs);
    const headers = { 'sec-gpc': '1' };
    const typed = await call(service.outputs, 'POST /attribution', { headers, body: { code } });
    expect([typed.body, sessionIn(typed)]).toEqual([
      { referral: null, session: null, cookie: false },
      '',
    ]);
    expect(await recorded()).toEqual(['RESPONDED typed human  true']);
  });

  test('there, a session from before credits nothing any more', async () => {
    const { code, recorded } = await newLink(service.outputs);
    const { session } = (await arrive(code, {}, service.outputs)).body;
    const body = { action: 'BOUGHT' };
    const headers = { 'sec-gpc': '1' };
    const acted = await call(service.outputs, 'POST /actions', { session, headers, body });
    expect([acted.status, acted.body]).toEqual([200, { response: null }]);
    expect(await recorded()).toEqual(['RESPONDED page human  true']);
  });

  test('there, a session that a page has already is not used, and a handoff is not exchanged', async () => {
    const { code, recorded } = await newLink(service.outputs);
    const headers = { 'sec-gpc': '1' };
    const { session } = (await arrive(code, {}, service.outputs)).body;
    const again = await arrive(code, { session, headers }, service.outputs);
    expect(again.body.session).toBeNull();
    const redirect = await call(service.outputs, `GET /r/${code}`);
    const handoff = URL.parse(redirect.headers.get('location') ?? '')?.searchParams.get(
      'referral_handoff',
    );
    const taken = await call(service.outputs, 'POST /session', { body: { handoff }, headers });
    expect([taken.status, taken.body]).toEqual([200, { session: null, cookie: false }]);
    expect(await recorded()).toHaveLength(3);
  });
});
