import { describe, expect, inject, test } from 'vitest';
import { recordAction } from '../../functions/core/action.ts';
import { attributedReferral } from '../../functions/core/attribution.ts';
import { recordClick } from '../../functions/core/click.ts';
import { createReferral as createInDomain } from '../../functions/core/referral.ts';
import { BROWSER, call, click, createReferral, signUp } from './client.ts';
import { type Domain, domainOn, newSession, newUserId } from './domain.ts';

const outputs = inject('outputs');
const HOUR = 60 * 60 * 1000;

const act = (options: Parameters<typeof call>[2], action = 'BOUGHT') =>
  call(outputs, 'POST /actions', { body: { action }, ...options });

describe('POST /actions', () => {
  test('records what a session did, credited to the link it clicked (201)', async () => {
    const code = await createReferral(outputs, await signUp(outputs));
    const { session } = await click(outputs, code);
    const { status, body } = await call(outputs, 'POST /actions', {
      session,
      headers: { referer: 'https://app.example.com/pricing' },
      body: { action: 'BOUGHT', target: { type: 'product', id: '7' } },
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      response: {
        id: expect.stringMatching(/^[0-9A-Z]{26}$/),
        code,
        action: 'BOUGHT',
        actionDisplay: 'BOUGHT',
        kind: 'human',
        first: false,
        userId: null,
        target: { type: 'product', id: '7' },
        httpReferer: 'https://app.example.com/pricing',
        createdAt: expect.stringMatching(/Z$/),
      },
    });
  });

  test('takes any name for an action, also those of JavaScript’s own', async () => {
    const { session } = await click(outputs, await createReferral(outputs, await signUp(outputs)));
    for (const action of ['constructor', 'toString', '__proto__', 'Käufe 🎉']) {
      const { status, body } = await act({ session }, action);
      expect([status, body.response.action, body.response.actionDisplay]).toEqual([
        201,
        action,
        action,
      ]);
    }
  });

  test('takes the session from the cookie as well', async () => {
    const code = await createReferral(outputs, await signUp(outputs));
    const { session } = await click(outputs, code);
    const { body } = await act({ headers: { cookie: `a=b; referral_session=${session}` } });
    expect(body.response.code).toBe(code);
  });

  test('credits a user for what their session clicked', async () => {
    const [owner, visitor] = [await signUp(outputs), await signUp(outputs)];
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    const together = await act({ token: visitor.token, session });
    expect([together.body.response.code, together.body.response.userId]).toEqual([
      code,
      visitor.userId,
    ]);
    const later = await act({ token: visitor.token });
    expect(later.body.response.code).toBe(code);
  });

  test('records nothing where no referral is to be credited (200)', async () => {
    const { token } = await signUp(outputs);
    for (const caller of [{}, { session: newSession() }, { token }]) {
      const { status, body } = await act(caller);
      expect([status, body]).toEqual([200, { response: null }]);
    }
  });

  test('never credits a user for their own link', async () => {
    const owner = await signUp(outputs);
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    expect((await act({ token: owner.token, session })).body).toEqual({ response: null });
    const again = await click(outputs, code, session);
    expect((await act({ session: again.session })).body).toEqual({ response: null });
  });

  test('credits the link before, where the last one is the visitor’s own', async () => {
    const [one, two] = [await signUp(outputs), await signUp(outputs)];
    const [of1, of2] = [await createReferral(outputs, one), await createReferral(outputs, two)];
    const { session } = await click(outputs, of1);
    await click(outputs, of2, session);
    expect((await act({ token: two.token, session })).body.response.code).toBe(of1);
  });

  test('a bot or a prefetch in between changes nothing', async () => {
    const owner = await signUp(outputs);
    const [of1, of2] = [
      await createReferral(outputs, owner, { redirectTo: '/1' }),
      await createReferral(outputs, owner, { redirectTo: '/2' }),
    ];
    const { session } = await click(outputs, of1);
    await call(outputs, `GET /r/${of2}`, {
      headers: { cookie: `referral_session=${session}`, 'sec-purpose': 'prefetch' },
    });
    expect((await act({ session })).body.response.code).toBe(of1);
  });
});

describe('Idempotency-Key', () => {
  const prepare = async () => {
    const owner = await signUp(outputs);
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    const recorded = async () =>
      (await call(outputs, `GET /referrals/${code}/responses`, { token: owner.token })).body.items
        .length - 1;
    return { session, headers: { 'idempotency-key': 'order-1' }, recorded };
  };

  test('same key, same body: the first answer again and nothing new recorded', async () => {
    const { session, headers, recorded } = await prepare();
    const first = await act({ session, headers });
    const again = await act({ session, headers });
    expect(first.status).toBe(201);
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    expect(await recorded()).toBe(1);
  });

  test('twenty at once are one', async () => {
    const { session, headers, recorded } = await prepare();
    const answers = await Promise.all(Array.from({ length: 20 }, () => act({ session, headers })));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await recorded()).toBe(1);
  });

  test('same key, other body: 422, and nothing new recorded', async () => {
    const { session, headers, recorded } = await prepare();
    await act({ session, headers });
    const { status, body } = await act({ session, headers }, 'RETURNED');
    expect([status, body]).toEqual([
      422,
      {
        type: 'about:blank',
        title: 'Unprocessable Entity',
        status: 422,
        code: 'idempotency_mismatch',
        detail:
          'This Idempotency-Key was sent before with another body. Use a new key for a new action.',
        field: 'Idempotency-Key',
      },
    ]);
    expect(await recorded()).toBe(1);
  });

  test('another visitor’s same key is another key', async () => {
    const [one, other] = [await prepare(), await prepare()];
    await act(one);
    expect((await act(other)).status).toBe(201);
    expect(await other.recorded()).toBe(1);
  });

  test('remembers that nothing was recorded', async () => {
    const session = newSession();
    const headers = { 'idempotency-key': 'k' };
    expect((await act({ session, headers })).body).toEqual({ response: null });
    await click(outputs, await createReferral(outputs, await signUp(outputs)), session);
    const again = await act({ session, headers });
    expect([again.status, again.body]).toEqual([200, { response: null }]);
  });

  test('a failed attempt leaves no mark', async () => {
    const { session, headers } = await prepare();
    expect((await act({ session, headers, body: { action: '' } })).status).toBe(422);
    expect((await act({ session, headers })).status).toBe(201);
  });

  test('is forgotten after 24 hours', async () => {
    const domain = domainOn(outputs);
    const { visitor } = await clicked(domain);
    const record = () =>
      recordAction(domain, {
        visitor,
        action: 'BOUGHT',
        idempotencyKey: 'k',
      });
    const first = await record();
    domain.clock.now = new Date(domain.clock.now.getTime() + 24 * HOUR - 1000);
    expect(await record()).toEqual(first);
    domain.clock.now = new Date(domain.clock.now.getTime() + 2000);
    expect((await record())?.id).not.toBe(first?.id);
  });
});

describe('GET /attribution', () => {
  test('answers the referral that the visitor is attributed to, whole', async () => {
    const owner = await signUp(outputs);
    const code = await createReferral(outputs, owner, {
      redirectTo: '/welcome',
      target: { type: 'article', id: '42' },
    });
    const { session } = await click(outputs, code);
    const { status, body } = await call(outputs, 'GET /attribution', { session });
    const referral = await call(outputs, `GET /referrals/${code}`, { token: owner.token });
    expect([status, body]).toEqual([200, { referral: referral.body }]);
  });

  test('answers null where there is none', async () => {
    for (const session of [undefined, newSession()]) {
      const { status, body } = await call(outputs, 'GET /attribution', { session });
      expect([status, body]).toEqual([200, { referral: null }]);
    }
  });

  test('follows the most recent response', async () => {
    const owner = await signUp(outputs);
    const codes = [
      await createReferral(outputs, owner, { redirectTo: '/1' }),
      await createReferral(outputs, owner, { redirectTo: '/2' }),
    ];
    const session = newSession();
    for (const code of [...codes, ...codes]) {
      await click(outputs, code, session);
      const { body } = await call(outputs, 'GET /attribution', { session });
      expect(body.referral.code).toBe(code);
    }
  });
});

describe('attribution model and window', () => {
  test("model 'first' credits the earliest response", async () => {
    const domain = domainOn(outputs, { attribution: { model: 'first', window: undefined } });
    const { visitor, referral } = await clicked(domain);
    await clicked(domain, visitor);
    expect((await attributedReferral(domain, visitor))?.code).toBe(referral.code);
  });

  test('a response older than the window is not credited', async () => {
    for (const model of ['last', 'first'] as const) {
      const domain = domainOn(outputs, { attribution: { model, window: 3600 } });
      const { visitor, referral } = await clicked(domain);
      const start = domain.clock.now.getTime();
      domain.clock.now = new Date(start + HOUR);
      expect((await attributedReferral(domain, visitor))?.code).toBe(referral.code);
      domain.clock.now = new Date(start + HOUR + 1);
      expect(await attributedReferral(domain, visitor)).toBeUndefined();
    }
  });

  test("model 'first' with a window credits the earliest response within it", async () => {
    const domain = domainOn(outputs, { attribution: { model: 'first', window: 3600 } });
    const { visitor } = await clicked(domain);
    domain.clock.now = new Date(domain.clock.now.getTime() + 2 * HOUR);
    const { referral } = await clicked(domain, visitor);
    await clicked(domain, visitor);
    expect((await attributedReferral(domain, visitor))?.code).toBe(referral.code);
  });
});

async function clicked(domain: Domain, visitor = { session: newSession() }) {
  const { referral } = await createInDomain(domain, { userId: newUserId(), redirectTo: '/' });
  await recordClick(domain, {
    code: referral.code,
    method: 'GET',
    session: visitor.session,
    redirectTo: undefined,
    purpose: undefined,
    userAgent: BROWSER,
  });
  return { visitor, referral };
}
