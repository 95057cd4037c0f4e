import { describe, expect, inject, test } from 'vitest';
import { attributedReferral } from '../../functions/core/attribution.ts';
import { call, click, createReferral, signUp } from './client.ts';
import { clicked, domainOn, newSession } from './domain.ts';

const outputs = inject('outputs');
const HOUR = 60 * 60 * 1000;

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
