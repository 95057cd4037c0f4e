import { randomUUID } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import { linkSession } from '../../functions/core/link.ts';
import { welcomeUser } from '../../functions/core/new-user.ts';
import { call, click, createReferral, signUp, type User } from './client.ts';
import { clicked, type Domain, domainOn, newSession, newUserId } from './domain.ts';

const outputs = inject('outputs');

/** What was recorded on a link, the newest first. */
async function actionsOf(owner: User, code: string): Promise<string[]> {
  const route = `GET /referrals/${code}/responses`;
  const { body } = await call(outputs, route, { token: owner.token });
  return body.items.map(({ action }: { action: string }) => action);
}

describe('a sign-up without clientMetadata', () => {
  test('is credited by the first call of the user that carries the session, once', async () => {
    const owner = await signUp(outputs);
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    const { token } = await signUp(outputs);
    for (const route of ['GET /me/referral', 'POST /session/link', 'GET /referrals']) {
      expect((await call(outputs, route, { token, session })).status).toBe(200);
    }
    expect(await actionsOf(owner, code)).toEqual(['SIGNED_UP', 'RESPONDED']);
  });

  test('is credited by the cookie that app and API share', async () => {
    const owner = await signUp(outputs);
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    const { token } = await signUp(outputs);
    const headers = { cookie: `referral_session=${session}` };
    await call(outputs, 'GET /me/referral', { token, headers });
    expect(await actionsOf(owner, code)).toEqual(['SIGNED_UP', 'RESPONDED']);
  });

  test('is credited once where clientMetadata and the cookie both say so', async () => {
    const owner = await signUp(outputs);
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    const { token } = await signUp(outputs, session);
    await call(outputs, 'POST /session/link', { token, session });
    expect(await actionsOf(owner, code)).toEqual(['SIGNED_UP', 'RESPONDED']);
  });

  test('is not credited to a link that the user followed after it, but what they do later is', async () => {
    const owner = await signUp(outputs);
    const code = await createReferral(outputs, owner);
    const { token } = await signUp(outputs);
    const { session } = await click(outputs, code);
    await call(outputs, 'POST /session/link', { token, session });
    expect(await actionsOf(owner, code)).toEqual(['RESPONDED']);
    await call(outputs, 'POST /actions', { token, session, body: { action: 'BOUGHT' } });
    expect(await actionsOf(owner, code)).toEqual(['BOUGHT', 'RESPONDED']);
  });

  test('is credited to a code that the user types after it, also beside a later click', async () => {
    const owner = await signUp(outputs);
    const [typed, clicked] = [
      await createReferral(outputs, owner, { redirectTo: '/typed' }),
      await createReferral(outputs, owner, { redirectTo: '/clicked' }),
    ];
    const { token } = await signUp(outputs);
    const { session } = await click(outputs, clicked);
    await call(outputs, 'POST /session/link', { token, session });
    await call(outputs, 'POST /attribution', { token, session, body: { code: typed } });
    expect(await actionsOf(owner, typed)).toEqual(['SIGNED_UP', 'RESPONDED']);
    expect(await actionsOf(owner, clicked)).toEqual(['RESPONDED']);
  });

  test('that had to wait is credited by the time at which it was', async () => {
    const domain = domainOn(outputs);
    const [before, after] = [await clicked(domain), domainOn(outputs)];
    const signedUpAt = domain.clock.now.toISOString();
    after.clock.now = new Date(domain.clock.now.getTime() + 60_000);
    const { referral: later } = await clicked(after, before.visitor);
    const { session } = before.visitor;
    await welcomeUser(after, { userId: newUserId(), attributes: {} }, { signedUpAt, session });
    expect(await recorded(domain, later.code)).toEqual(['RESPONDED']);
    expect(await recorded(domain, before.referral.code)).toEqual(['SIGNED_UP', 'RESPONDED']);
  });

  test('is not credited to a session that comes later than a week after it', async () => {
    const domain = domainOn(outputs);
    const user = newUserId();
    await welcomeUser(domain, { userId: user, attributes: {} }, {});
    domain.clock.now = new Date(domain.clock.now.getTime() + 8 * 24 * 60 * 60_000);
    const { visitor, referral } = await clicked(domain);
    await linkSession(domain, visitor.session, user);
    expect(await recorded(domain, referral.code)).toEqual(['RESPONDED']);
  });

  test('of a user who has long been there is not credited', async () => {
    const domain = domainOn(outputs);
    const { visitor, referral } = await clicked(domain);
    await linkSession(domain, visitor.session, newUserId());
    expect(await recorded(domain, referral.code)).toEqual(['RESPONDED']);
  });
});

async function recorded({ store }: Domain, code: string): Promise<string[]> {
  const referral = await store.findReferral(code);
  const { items } = await store.listResponses(referral ? [referral] : [], { limit: 100 });
  return items.map(({ action }) => action);
}

/** The steps of a sign-up, of which each may come first, be repeated, or be cut. */
const trigger = (domain: Domain, userId: string, session?: string) =>
  welcomeUser(domain, { userId, attributes: {} }, session === undefined ? {} : { session });

test.each([
  ['the trigger with the session', [['trigger', true]]],
  [
    'the trigger, then linking',
    [
      ['trigger', false],
      ['link', true],
    ],
  ],
  [
    'linking, then the trigger',
    [
      ['link', true],
      ['trigger', false],
    ],
  ],
  [
    'the trigger with the session, then linking',
    [
      ['trigger', true],
      ['link', true],
    ],
  ],
  [
    'linking, then the trigger with the session',
    [
      ['link', true],
      ['trigger', true],
    ],
  ],
  [
    'everything twice',
    [
      ['trigger', false],
      ['trigger', true],
      ['link', true],
      ['link', true],
    ],
  ],
] as const)('%s: the sign-up is credited once', async (_, steps) => {
  const domain = domainOn(outputs);
  const { visitor, referral } = await clicked(domain);
  const userId = newUserId();
  for (const [step, hasSession] of steps) {
    if (step === 'link') await linkSession(domain, visitor.session, userId);
    else await trigger(domain, userId, hasSession ? visitor.session : undefined);
  }
  expect(await recorded(domain, referral.code)).toEqual(['SIGNED_UP', 'RESPONDED']);
});

test('the trigger and linking at once credit the sign-up once', async () => {
  const domain = domainOn(outputs);
  for (let round = 0; round < 10; round++) {
    const { visitor, referral } = await clicked(domain);
    const userId = newUserId();
    await Promise.all([
      trigger(domain, userId),
      linkSession(domain, visitor.session, userId),
      linkSession(domain, visitor.session, userId),
      trigger(domain, userId, visitor.session),
    ]);
    expect(await recorded(domain, referral.code)).toEqual(['SIGNED_UP', 'RESPONDED']);
  }
});

test('a session that somebody made up is ignored at the sign-up', async () => {
  const domain = domainOn(outputs);
  const { referral } = await clicked(domain);
  const userId = randomUUID();
  await trigger(domain, userId, `${newSession().slice(0, -1)}!`);
  expect(await recorded(domain, referral.code)).toEqual(['RESPONDED']);
});
