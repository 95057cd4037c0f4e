import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { handOff, takeHandoff } from '../../functions/core/hand-off.ts';
import { dayOf, sealHandoff } from '../../functions/core/handoff.ts';
import type { Outputs } from '../../local/outputs.ts';
import { BROWSER, call, click, createReferral, signUp } from './client.ts';
import { clicked, domainOn } from './domain.ts';
import { startTestService, type TestService } from './test-service.ts';

const { DynamoDBEndpoint } = inject('outputs');
let service: TestService;
let outputs: Outputs;

/** A service whose app is on another site, on the table that all share. */
beforeAll(async () => {
  const APP_URL = 'https://app.example.com';
  service = await startTestService({ variables: { DYNAMODB_ENDPOINT: DynamoDBEndpoint, APP_URL } });
  outputs = service.outputs;
});
afterAll(() => service.stop());

const handoffIn = (location: string | null) =>
  new URL(location ?? '').searchParams.get('referral_handoff') ?? '';

/** Asks for the session of a landing page's address, as its page does. */
const take = (handoff: unknown, session?: string) =>
  call(outputs, 'POST /session', { body: { handoff }, session });

/** Has a visitor click a new link. */
async function land() {
  const owner = await signUp(outputs);
  const code = await createReferral(outputs, owner);
  const { session, headers } = await click(outputs, code);
  return { owner, code, session, handoff: handoffIn(headers.get('location')) };
}

/** A handoff that another deployment sealed. */
const sealed = (clickedAt: number) =>
  sealHandoff(
    { session: randomBytes(24).toString('base64url'), code: 'x', clickedAt },
    randomBytes(32),
    randomBytes(12),
  );

const responsesOf = async ({ owner, code }: { owner: { token: string }; code: string }) => {
  const route = `GET /referrals/${code}/responses`;
  const { body } = await call(outputs, route, { token: owner.token });
  return body.items.map(({ action, userId }: { action: string; userId: string | null }) => [
    action,
    userId,
  ]);
};

describe('the handoff of a landing page', () => {
  test('a visitor’s own page gets their session, once', async () => {
    const { session, handoff } = await land();
    const { status, body } = await take(handoff);
    expect([status, body]).toEqual([200, { session, cookie: false }]);
    expect((await take(handoff)).body.session).not.toBe(session);
  });

  test.each([
    ['padding', (handoff: string) => `${handoff}=`],
    ['a space', (handoff: string) => `${handoff} `],
    ['a dot', (handoff: string) => `${handoff}.`],
    ['the other alphabet', (h: string) => h.replaceAll('-', '+').replaceAll('_', '/')],
  ])('a used handoff that is written with %s gives away no session', async (_with, written) => {
    const { session, handoff } = await land();
    expect((await take(handoff)).body).toEqual({ session, cookie: false });
    expect((await take(written(handoff))).body.session).not.toBe(session);
  });

  test('no session is in the address', async () => {
    const owner = await signUp(outputs);
    const code = await createReferral(outputs, owner);
    const { session, headers } = await click(outputs, code);
    expect(headers.get('location')).toMatch(
      /^https:\/\/app\.example\.com\/welcome\?referral_handoff=[\w-]+$/,
    );
    expect(headers.get('location')).not.toContain(session);
  });

  test('who gets the address from another visitor is another visitor of the same link, and both sign-ups are credited', async () => {
    const landing = await land();
    const first = (await take(landing.handoff)).body.session;
    const second = (await take(landing.handoff)).body.session;
    const [grace, edsger] = [await signUp(outputs, first), await signUp(outputs, second)];
    expect(await responsesOf(landing)).toEqual([
      ['SIGNED_UP', edsger.userId],
      ['SIGNED_UP', grace.userId],
      ['RESPONDED', edsger.userId],
      ['RESPONDED', grace.userId],
    ]);
    const { body } = await call(outputs, `GET /referrals/${landing.code}`, {
      token: landing.owner.token,
    });
    expect([body.clicks, body.uniqueVisitors]).toEqual([2, 2]);
  });

  test('the owner who opens such an address while signed in takes nothing from the visitor', async () => {
    const landing = await land();
    const open = () =>
      call(outputs, 'POST /session', {
        token: landing.owner.token,
        body: { handoff: landing.handoff },
      });
    // Before the visitor's own page asks, and after.
    const { session } = (await open()).body;
    await call(outputs, 'POST /session/link', { token: landing.owner.token, session });
    expect((await take(landing.handoff)).body).toEqual({ session: landing.session, cookie: false });
    expect((await open()).body.session).not.toBe(landing.session);
    const grace = await signUp(outputs, landing.session);
    expect(await responsesOf(landing)).toEqual([
      ['SIGNED_UP', grace.userId],
      ['RESPONDED', grace.userId],
    ]);
  });

  test('a reload keeps the session that the page has, and records nothing', async () => {
    const landing = await land();
    const { session } = (await take(landing.handoff)).body;
    const reloaded = await take(landing.handoff, session);
    expect([reloaded.status, reloaded.body]).toEqual([200, { session, cookie: false }]);
    expect(await responsesOf(landing)).toEqual([['RESPONDED', null]]);
  });

  test('a linked visitor who follows another link is credited to it as soon as its page exchanges the handoff', async () => {
    const first = await land();
    const { token, userId } = await signUp(outputs, first.session);
    const owner = await signUp(outputs);
    const code = await createReferral(outputs, owner);
    const { headers } = await click(outputs, code, first.session);
    const body = { handoff: handoffIn(headers.get('location')) };
    await call(outputs, 'POST /session', { token, session: first.session, body });
    expect(await responsesOf({ owner, code })).toEqual([['RESPONDED', userId]]);
    expect((await call(outputs, 'GET /attribution', { token })).body.referral.code).toBe(code);
  });

  test('a machine that exchanges a used handoff is credited to nobody', async () => {
    const { handoff } = await land();
    await take(handoff);
    const headers = { 'user-agent': 'Googlebot/2.1' };
    const { body } = await call(outputs, 'POST /session', { body: { handoff }, headers });
    expect((await call(outputs, 'GET /attribution', body)).body).toEqual({ referral: null });
  });

  test('a genuine session is never replaced by one from an address', async () => {
    const [mine, others] = [await land(), await land()];
    expect((await take(others.handoff, mine.session)).body.session).toBe(mine.session);
    expect((await take(others.handoff)).body.session).toBe(others.session);
  });

  test('of twenty at once, one gets the session, and each other is a visitor of their own', async () => {
    const { session, handoff } = await land();
    const answers = await Promise.all(Array.from({ length: 20 }, () => take(handoff)));
    const sessions = answers.map(({ body }) => body.session);
    expect(sessions.filter((taken) => taken === session)).toHaveLength(1);
    expect(new Set(sessions).size).toBe(20);
  });

  test.each([
    [
      'altered',
      (handoff: string) =>
        `${handoff.slice(0, 40)}${handoff[40] === 'A' ? 'B' : 'A'}${handoff.slice(41)}`,
    ],
    ['of another deployment', () => sealed(Date.now())],
    ['older than its key', () => sealed(Date.now() - 3 * 24 * 60 * 60_000)],
    ['no token at all', () => 'hello'],
  ])('one that is %s is 400, and never somebody’s session', async (_, change) => {
    const { handoff } = await land();
    const { status, body } = await take(change(handoff));
    expect([status, body]).toEqual([
      400,
      {
        type: 'about:blank',
        title: 'Bad Request',
        status: 400,
        code: 'invalid_handoff',
        detail:
          'handoff must be the value that the redirect appended as referral_handoff, less than a day ago.',
        field: 'handoff',
      },
    ]);
  });

  test.each([[{ handoff: 7 }], [{ handoff: '' }], [{ handoff: 'x', more: 1 }]])(
    'a body such as %j is 422',
    async (body) => {
      expect((await call(outputs, 'POST /session', { body })).status).toBe(422);
    },
  );

  test('a made-up session in the header is 400', async () => {
    const session = randomBytes(24).toString('base64url');
    const { status, body } = await call(outputs, 'GET /attribution', { session });
    expect([status, body.code, body.field]).toEqual([400, 'invalid_session', 'X-Referral-Session']);
  });
});

test('after half an hour the visitor’s own page is another visitor, too', async () => {
  const domain = domainOn(outputs);
  const { referral, visitor } = await clicked(domain);
  const token = (await handOff(domain, visitor.session, referral.code)) ?? '';
  domain.clock.now = new Date(domain.clock.now.getTime() + 31 * 60_000);
  const session = await takeHandoff(
    domain,
    token,
    { session: undefined, userId: undefined },
    { userAgent: BROWSER },
  );
  expect(session).not.toBe(visitor.session);
  const { items } = await domain.store.listResponses([referral], { limit: 10 });
  expect(items.map(({ via, first, session: of }) => [via, first, of])).toEqual([
    ['forwarded', true, session],
    ['link', true, visitor.session],
  ]);
});

test('the key of a day opens what was sealed before midnight, and is made once', async () => {
  const domain = domainOn(outputs);
  const day = dayOf(Date.now());
  expect(await domain.keys.ofDay(day)).toEqual(await domain.keys.ofDay(day));
});
