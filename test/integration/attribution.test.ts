import { describe, expect, inject, test } from 'vitest';
import { recordAction } from '../../functions/core/action.ts';
import { attributedReferral, findAttribution } from '../../functions/core/attribution.ts';
import { call, click, createReferral, signUp } from './client.ts';
import { clicked, domainOn, newSession } from './domain.ts';

const outputs = inject('outputs');
const HOUR = 60 * 60 * 1000;

describe('GET /attribution', () => {
  test('answers what a visitor may know of the referral: no owner, no label, no counts', async () => {
    const code = await createReferral(outputs, await signUp(outputs), {
      redirectTo: '/welcome',
      label: 'for my cousin',
      target: { type: 'article', id: '42' },
    });
    const { session } = await click(outputs, code);
    const { status, body } = await call(outputs, 'GET /attribution', { session });
    expect([status, body]).toEqual([
      200,
      {
        referral: {
          code,
          target: { type: 'article', id: '42' },
          redirectTo: `${outputs.ApiUrl}/welcome`,
          respondedAt: expect.stringMatching(/Z$/),
          via: 'link',
        },
      },
    ]);
    await call(outputs, 'POST /actions', { session, body: { action: 'VIEWED' } });
    expect((await call(outputs, 'GET /attribution', { session })).body).toEqual(body);
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

describe('clicks of the owner', () => {
  const attributionOf = async (caller: Parameters<typeof call>[2]) =>
    (await call(outputs, 'GET /attribution', caller)).body.referral;

  test('credit nobody: not the owner, and not a second account in the same browser', async () => {
    const owner = await signUp(outputs);
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    await call(outputs, 'POST /session/link', { token: owner.token, session });
    await click(outputs, code, session);
    expect(await attributionOf({ session })).toBeNull();

    const second = await signUp(outputs, session);
    const { body } = await call(outputs, `GET /referrals/${code}/responses`, {
      token: owner.token,
    });
    const actions = body.items.map(({ action }: { action: string }) => action);
    expect(actions).not.toContain('SIGNED_UP');
    for (const { token } of [owner, second]) expect(await attributionOf({ token })).toBeNull();
  });

  test('are passed over, and the link clicked before them is credited', async () => {
    const [one, owner] = [await signUp(outputs), await signUp(outputs)];
    const [of1, ofOwner] = [
      await createReferral(outputs, one),
      await createReferral(outputs, owner),
    ];
    const { session } = await click(outputs, of1);
    await call(outputs, 'POST /session/link', { token: owner.token, session });
    await click(outputs, of1, session);
    await click(outputs, ofOwner, session);
    expect((await attributionOf({ session })).code).toBe(of1);
  });

  test('however many they are, cost no more than 200 reads of a response', async () => {
    const domain = domainOn(outputs);
    const { visitor, referral } = await clicked(domain);
    const { responsesOf } = domain.store;
    let read = 0;
    const store = {
      ...domain.store,
      responsesOf: async function* (...parameters: Parameters<typeof responsesOf>) {
        for await (const response of responsesOf(...parameters)) {
          for (; read < 10_000; read++) yield { ...response, kind: 'own' as const };
        }
      },
    };
    expect(await attributedReferral({ ...domain, store }, visitor)).toBeUndefined();
    expect(read).toBeLessThan(200);
    expect((await attributedReferral(domain, visitor))?.code).toBe(referral.code);
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

  test('the time and the way of the click are answered, also where an action gets the credit', async () => {
    for (const model of ['last', 'first'] as const) {
      const domain = domainOn(outputs, { attribution: { model, window: 3600 } });
      const { visitor, referral } = await clicked(domain);
      const clickedAt = domain.clock.now.toISOString();
      domain.clock.now = new Date(domain.clock.now.getTime() + HOUR);
      const act = { visitor, action: 'VIEWED', trusted: false, idempotencyKey: undefined };
      await recordAction(domain, act);
      domain.clock.now = new Date(domain.clock.now.getTime() + HOUR);
      expect(await findAttribution(domain, visitor)).toEqual({
        referral,
        respondedAt: clickedAt,
        via: 'link',
      });
    }
  });
});
