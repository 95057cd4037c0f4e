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
