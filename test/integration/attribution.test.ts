import { describe, expect, inject, test } from 'vitest';
import { recordAction } from '../../functions/core/action.ts';
import { findAttribution } from '../../functions/core/attribution.ts';
import { countReferral } from '../../functions/core/counting.ts';
import { ownReferral } from '../../functions/core/create-referral.ts';
import { changeFollower, type ReferralEvent } from '../../functions/core/events.ts';
import { linkSession } from '../../functions/core/link.ts';
import type { Settings } from '../../functions/core/settings.ts';
import type { Visitor } from '../../functions/core/visitor.ts';
import { call, click, createReferral, signUp, type User } from './client.ts';
import { assertEvent } from './contract.ts';
import { clicked, domainOn, newSession, newUserId } from './domain.ts';
import { startTestService } from './test-service.ts';

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
    expect(await findAttribution({ ...domain, store }, visitor)).toBeUndefined();
    expect(read).toBeLessThan(200);
    expect((await findAttribution(domain, visitor))?.referral.code).toBe(referral.code);
  });
});

describe('a user who was there before the click', () => {
  test('attribution.newUsersOnly: gives no credit, and new users do', async () => {
    const { outputs: service, stop } = await startTestService({
      variables: {
        DYNAMODB_ENDPOINT: outputs.DynamoDBEndpoint,
        ATTRIBUTION_NEW_USERS_ONLY: 'true',
      },
    });
    const [friend, other] = [await signUp(service), await signUp(service)];
    const [code, ofOther] = [
      await createReferral(service, friend),
      await createReferral(service, other),
    ];
    const buys = async ({ token }: User) => {
      const { body } = await call(service, 'POST /actions', { token, body: { action: 'BOUGHT' } });
      return body.response?.code ?? null;
    };
    const link = ({ token }: User, session: string) =>
      call(service, 'POST /session/link', { token, session });

    const { session } = await click(service, code);
    const referee = await signUp(service, session);
    expect(await buys(referee)).toBe(code);
    await link(referee, (await click(service, ofOther)).session);
    expect(await buys(referee)).toBe(code);

    const { session: late } = await click(service, code);
    await call(service, 'POST /actions', { session: late, body: { action: 'VIEWED' } });
    await link(other, late);
    expect(await buys(other)).toBeNull();
    const answer = await call(service, 'GET /attribution', { token: other.token });
    expect(answer.body).toEqual({ referral: null });
    await stop();
  });

  test('is told from a new one in events', async () => {
    const domain = domainOn(outputs);
    const events: unknown[] = [];
    const publish = async (event: ReferralEvent) => {
      assertEvent(event);
      events.push(event.detail.existingUser);
    };
    const follow = changeFollower({ ...domain, publish }, new Map());
    const buy = async (visitor: Visitor) => {
      const purchase = { visitor, action: 'BOUGHT', trusted: true, idempotencyKey: undefined };
      const response = await recordAction(domain, purchase);
      if (response) await follow({ type: 'response-recorded', writtenAt: Date.now(), response });
    };
    const [newUser, oldUser] = [newUserId(), newUserId()];
    await ownReferral(domain, oldUser);
    domain.clock.now = new Date(domain.clock.now.getTime() + HOUR);
    for (const userId of [newUser, oldUser]) {
      const { visitor } = await clicked(domain);
      await buy(visitor);
      domain.clock.now = new Date(domain.clock.now.getTime() + HOUR);
      await ownReferral(domain, userId);
      await linkSession(domain, visitor.session, userId);
      await buy({ userId });
    }
    expect(events).toEqual([null, false, null, true]);
  });
});

/** Settings of attribution. */
const credit = (settings: Partial<Settings['attribution']>) => ({
  attribution: { model: 'last' as const, window: undefined, newUsersOnly: false, ...settings },
});

describe('attribution model and window', () => {
  test("model 'first' credits the earliest response", async () => {
    const domain = domainOn(outputs, credit({ model: 'first', window: undefined }));
    const { visitor, referral } = await clicked(domain);
    await clicked(domain, visitor);
    expect((await findAttribution(domain, visitor))?.referral.code).toBe(referral.code);
  });

  test('a response older than the window is not credited', async () => {
    for (const model of ['last', 'first'] as const) {
      const domain = domainOn(outputs, credit({ model, window: 3600 }));
      const { visitor, referral } = await clicked(domain);
      const start = domain.clock.now.getTime();
      domain.clock.now = new Date(start + HOUR);
      expect((await findAttribution(domain, visitor))?.referral.code).toBe(referral.code);
      domain.clock.now = new Date(start + HOUR + 1);
      expect(await findAttribution(domain, visitor)).toBeUndefined();
    }
  });

  test("model 'first' with a window credits the earliest response within it", async () => {
    const domain = domainOn(outputs, credit({ model: 'first', window: 3600 }));
    const { visitor } = await clicked(domain);
    domain.clock.now = new Date(domain.clock.now.getTime() + 2 * HOUR);
    const { referral } = await clicked(domain, visitor);
    await clicked(domain, visitor);
    expect((await findAttribution(domain, visitor))?.referral.code).toBe(referral.code);
  });

  test('the time and the way of the click are answered, also where an action gets the credit', async () => {
    for (const model of ['last', 'first'] as const) {
      const domain = domainOn(outputs, credit({ model, window: 3600 }));
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
        existingUser: undefined,
      });
    }
  });
});

describe('a session with a hundred responses', () => {
  /** A visitor who has clicked a link, and done a hundred things since then. */
  async function busyVisitor() {
    const domain = domainOn(outputs);
    const { referral, visitor } = await clicked(domain);
    const act = (times: number) =>
      Promise.all(
        Array.from({ length: times }, () =>
          recordAction(domain, {
            visitor,
            action: 'VIEWED',
            trusted: true,
            idempotencyKey: undefined,
          }),
        ),
      );
    await act(100);
    const rows = async () =>
      (await Array.fromAsync(domain.store.responsesOf(visitor, 'newest'))).length;
    const clickOn = (code: string) =>
      call(outputs, `GET /r/${code}`, {
        headers: { cookie: `referral_session=${visitor.session}` },
      });
    return { domain, referral, visitor, act, rows, clickOn };
  }

  test('follows another link, which is credited then', async () => {
    const { visitor, rows, clickOn } = await busyVisitor();
    const code = await createReferral(outputs, await signUp(outputs));
    expect((await clickOn(code)).status).toBe(302);
    expect(await rows()).toBe(102);
    const { body } = await call(outputs, 'GET /attribution', { session: visitor.session });
    expect(body.referral.code).toBe(code);
  });

  test('has no more of further clicks on the same link, which are counted', async () => {
    const { domain, referral, rows, clickOn } = await busyVisitor();
    expect((await clickOn(referral.code)).status).toBe(302);
    expect(await rows()).toBe(101);
    expect(await countReferral(domain, referral)).toMatchObject({ clicks: 2, uniqueVisitors: 1 });
  });

  test('has no more of a page’s actions, but of the backend’s', async () => {
    const { visitor, act, rows } = await busyVisitor();
    const headers = { 'idempotency-key': newUserId() };
    const { session } = visitor;
    const request = { session, headers, body: { action: 'VIEWED' } };
    const { status, body } = await call(outputs, 'POST /actions', request);
    expect([status, body, await rows()]).toEqual([200, { response: null }, 101]);
    await act(1);
    expect(await rows()).toBe(102);
  });

  test('is linked in steps of five hundred responses', async () => {
    const { domain, visitor, act } = await busyVisitor();
    for (let n = 0; n < 4; n++) await act(100);
    const userId = newUserId();
    const link = () => linkSession(domain, visitor.session, userId);
    expect([await link(), await link(), await link()]).toEqual([500, 1, 0]);
  });
});
