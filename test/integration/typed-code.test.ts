import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { findAttribution } from '../../functions/core/attribution.ts';
import { createReferral as createInDomain } from '../../functions/core/create-referral.ts';
import { welcomeUser } from '../../functions/core/new-user.ts';
import { enterCode } from '../../functions/core/typed-code.ts';
import { startDynamoDBProxy } from '../dynamodb-proxy/proxy.ts';
import { call, click, createReferral, signUp, type User } from './client.ts';
import { type Domain, domainOn, newSession, newUserId } from './domain.ts';
import { startTestService, type TestService } from './test-service.ts';

const outputs = inject('outputs');
const DAY = 24 * 60 * 60_000;

/** Who types: a user, a session, or neither. */
type Caller = { token?: string; session?: string };

const type = (code: unknown, caller: Caller = {}, service = outputs) =>
  call(service, 'POST /attribution', { ...caller, body: { code } });

/** A link of somebody's, and what was recorded on it, the newest first. */
async function newLink(body?: object, service = outputs) {
  const owner = await signUp(service);
  const code = await createReferral(service, owner, body);
  const recorded = async () => {
    const route = `GET /referrals/${code}/responses`;
    const { body } = await call(service, route, { token: owner.token });
    return body.items.map(({ action, via, userId, first }: Record<string, unknown>) => [
      action,
      via,
      userId,
      first,
    ]);
  };
  return { owner, code, recorded };
}

const problem = ({ status, body }: { status: number; body: Record<string, unknown> }) => [
  status,
  body.code,
  body.field,
];
const UNKNOWN = [404, 'unknown_code', 'code'];
const OWN = [422, 'invalid_field', 'code'];

describe('POST /attribution', () => {
  test('a visitor without a session gets one, and the link is credited for what they do with it', async () => {
    const { code, recorded } = await newLink({ redirectTo: '/welcome', label: 'for Grace' });
    const { status, body } = await type(code);
    expect([status, body]).toEqual([
      200,
      {
        referral: {
          code,
          target: null,
          redirectTo: `${outputs.ApiUrl}/welcome`,
          respondedAt: expect.stringMatching(/Z$/),
          via: 'typed',
        },
        session: expect.stringMatching(/^[\w-]{32}$/),
        cookie: true,
      },
    ]);
    const { session } = body;
    const attribution = await call(outputs, 'GET /attribution', { session });
    expect(attribution.body.referral).toEqual(body.referral);
    const { userId } = await signUp(outputs, session);
    expect(await recorded()).toEqual([
      ['SIGNED_UP', 'typed', userId, false],
      ['RESPONDED', 'typed', userId, true],
    ]);
  });

  test('a visitor with a session keeps it, and the typed code counts as the latest link', async () => {
    const [clicked, typed] = [await newLink(), await newLink()];
    const { session } = await click(outputs, clicked.code);
    const { body } = await type(typed.code, { session });
    expect([body.session, body.referral.code]).toEqual([session, typed.code]);
    expect(await typed.recorded()).toEqual([['RESPONDED', 'typed', null, true]]);
  });

  test('a visitor who has clicked on the link before is not a new visitor of it', async () => {
    const { owner, code, recorded } = await newLink();
    const { session } = await click(outputs, code);
    await type(code, { session });
    expect(await recorded()).toEqual([
      ['RESPONDED', 'typed', null, false],
      ['RESPONDED', 'link', null, true],
    ]);
    const { body } = await call(outputs, `GET /referrals/${code}`, { token: owner.token });
    expect([body.clicks, body.uniqueVisitors]).toEqual([2, 1]);
  });

  test('a signed-in user without a session is credited as themselves, and so is their sign-up', async () => {
    const { code, recorded } = await newLink();
    const { token, userId } = await signUp(outputs);
    const { status, body } = await type(code, { token });
    expect([status, body.referral.code, body.session]).toEqual([200, code, null]);
    await type(code, { token });
    expect(await recorded()).toEqual([
      ['SIGNED_UP', 'typed', userId, false],
      ['RESPONDED', 'typed', userId, true],
    ]);
  });

  test('a signed-in user with a session types the code once, before and after the sign-in', async () => {
    const { code, recorded } = await newLink();
    const { session } = (await type(code)).body;
    const { token, userId } = await signUp(outputs);
    const { body } = await type(code, { token, session });
    expect([body.referral.code, body.session]).toEqual([code, session]);
    expect(await recorded()).toEqual([
      ['SIGNED_UP', 'typed', userId, false],
      ['RESPONDED', 'typed', userId, true],
    ]);
  });

  test.each([
    'nobody-has-this',
    'no code',
    '.',
    ' ',
    'https://example.com/',
    'too-long-'.repeat(8),
  ])('a code that does not exist is 404: %j', async (code) => {
    expect(problem(await type(code))).toEqual(UNKNOWN);
  });

  test('the code of an expired link is 404, and nothing is recorded', async () => {
    const domain = domainOn(outputs);
    domain.clock.now = new Date(Date.now() - 2 * DAY);
    const expiresAt = new Date(Date.now() - DAY).toISOString();
    const { referral } = await createInDomain(domain, {
      userId: newUserId(),
      redirectTo: '/',
      expiresAt,
    });
    expect(problem(await type(referral.code))).toEqual(UNKNOWN);
    const { items } = await domain.store.listResponses([referral], { limit: 10 });
    expect(items).toEqual([]);
  });

  test('the code of a stopped link is 404, and nothing is recorded', async () => {
    const { owner, code, recorded } = await newLink();
    const { token } = owner;
    await call(outputs, `PATCH /referrals/${code}`, { token, body: { disabled: true } });
    expect(problem(await type(code))).toEqual(UNKNOWN);
    expect(await recorded()).toEqual([]);
  });

  test('one’s own code is 422, signed in or by the session of one’s browser', async () => {
    const { owner, code, recorded } = await newLink();
    const session = newSession();
    expect(problem(await type(code, { token: owner.token, session }))).toEqual(OWN);
    expect(problem(await type(code, { session }))).toEqual(OWN);
    expect((await type(code, { token: owner.token })).body.detail).toBe(
      'code must be the code of somebody else.',
    );
    expect(await recorded()).toEqual([]);
  });

  test.each<[string, (code: string) => string]>([
    ['with spaces around it', (code) => `  ${code} `],
    ['with a full stop after it', (code) => `${code}.`],
    ['as a whole link', (code) => `${outputs.ApiUrl}/r/${code}`],
    [
      'as a link with a slash and parameters',
      (code) => ` https://go.example/r/${code}/?utm_source=x#y`,
    ],
    ['as a link without its scheme', (code) => `go.example/r/${code}`],
  ])('a code is accepted %s', async (_, typed) => {
    const { code } = await newLink();
    expect((await type(typed(code))).body.referral?.code).toBe(code);
  });

  test('a code has to be written as it is', async () => {
    const { code } = await newLink();
    const other = code === code.toUpperCase() ? code.toLowerCase() : code.toUpperCase();
    expect(problem(await type(other))).toEqual(UNKNOWN);
  });

  test.each([[{}], [{ code: 7 }], [{ code: '' }], [{ code: 'a\n' }]])(
    'a body such as %j is 422',
    async (body) => {
      expect(problem(await call(outputs, 'POST /attribution', { body }))).toEqual(OWN);
    },
  );

  test('twenty calls at once, and again, record one arrival', async () => {
    const { code, recorded } = await newLink();
    const user = await signUp(outputs);
    for (const caller of [{ session: newSession() }, { token: user.token }]) {
      const before = (await recorded()).length;
      await Promise.all(Array.from({ length: 20 }, () => type(code, caller)));
      await type(code, caller);
      const arrivals = (await recorded()).filter(([action]: string[]) => action === 'RESPONDED');
      expect(arrivals).toHaveLength(before + 1);
    }
  });

  test('of two codes in turn, the latest one is credited', async () => {
    const [one, two] = [await newLink(), await newLink()];
    const session = newSession();
    for (const { code } of [one, two, one, two]) {
      expect((await type(code, { session })).body.referral.code).toBe(code);
    }
    expect(await one.recorded()).toHaveLength(2);
  });
});

test('a typed code costs one write, and the same one again none', async () => {
  const proxy = await startDynamoDBProxy(outputs.DynamoDBEndpoint);
  const service = await startTestService({ variables: { DYNAMODB_ENDPOINT: proxy.endpoint } });
  const { code } = await newLink();
  const session = newSession();
  const writes = [];
  for (const _ of ['first', 'again']) {
    proxy.operations.length = 0;
    expect((await type(code, { session }, service.outputs)).status).toBe(200);
    writes.push(proxy.operations.filter((name) => !['GetItem', 'Query'].includes(name)));
  }
  await service.stop();
  proxy.stop();
  expect(writes).toEqual([['TransactWriteItems'], []]);
});

describe('clientMetadata.referralCode', () => {
  // On a busy machine the trigger may run out of time. It answers then, and goes on.
  const SLOW = { timeout: 10_000 };
  let service: TestService;
  beforeAll(async () => {
    const { DynamoDBEndpoint: DYNAMODB_ENDPOINT } = outputs;
    service = await startTestService({ variables: { DYNAMODB_ENDPOINT } });
  });
  afterAll(() => service.stop());

  test('credits the sign-up to the typed code', async () => {
    const { code, recorded } = await newLink();
    const { userId } = await signUp(service.outputs, undefined, ` ${code} `);
    await expect.poll(recorded, SLOW).toEqual([
      ['SIGNED_UP', 'typed', userId, false],
      ['RESPONDED', 'typed', userId, true],
    ]);
  });

  test('with a session too, the typed code is credited, and the click stays with its link', async () => {
    const [clicked, typed] = [await newLink(), await newLink()];
    const { session } = await click(outputs, clicked.code);
    const { userId } = await signUp(service.outputs, session, typed.code);
    await expect.poll(typed.recorded, SLOW).toEqual([
      ['SIGNED_UP', 'typed', userId, false],
      ['RESPONDED', 'typed', userId, true],
    ]);
    expect(await clicked.recorded()).toEqual([['RESPONDED', 'link', userId, true]]);
  });

  test('with a session of the same link, one visitor is counted', async () => {
    const { code, recorded } = await newLink();
    const { session } = await click(outputs, code);
    const { userId } = await signUp(service.outputs, session, code);
    await expect.poll(recorded, SLOW).toEqual([
      ['SIGNED_UP', 'typed', userId, false],
      ['RESPONDED', 'typed', userId, false],
      ['RESPONDED', 'link', userId, true],
    ]);
  });

  test.each(['nobody-has-this', 'grace@example.com', 'too-long-'.repeat(8)])(
    'a wrong one (%s) breaks no sign-up, and is logged once, without its value',
    async (code) => {
      const before = service.printed().length;
      const { token } = await signUp(service.outputs, undefined, code);
      const printed = service.printed().slice(before);
      expect(printed.split('The referralCode of a sign-up leads to no link.')).toHaveLength(2);
      expect(printed).not.toContain(code);
      expect((await call(service.outputs, 'GET /me/referral', { token })).status).toBe(200);
    },
  );

  test('with a wrong one, the session is credited', async () => {
    const { code, recorded } = await newLink();
    const { session } = await click(outputs, code);
    const { userId } = await signUp(service.outputs, session, 'nobody-has-this');
    await expect.poll(recorded, SLOW).toEqual([
      ['SIGNED_UP', 'link', userId, false],
      ['RESPONDED', 'link', userId, true],
    ]);
  });
});

describe('a sign-up with a code, in the domain', () => {
  /** A link of somebody's, with what was recorded on it. */
  async function linkIn(domain: Domain) {
    const userId = newUserId();
    const { referral } = await createInDomain(domain, { userId, redirectTo: '/' });
    const recorded = async () => {
      const { items } = await domain.store.listResponses([referral], { limit: 100 });
      return items.map(({ action }) => action);
    };
    return { code: referral.code, userId, recorded };
  }

  test('is credited once, however often and late it is tried again', async () => {
    const domain = domainOn(outputs);
    const { code, recorded } = await linkIn(domain);
    const other = await linkIn(domain);
    const owner = { userId: newUserId(), attributes: {} };
    await Promise.all(Array.from({ length: 5 }, () => welcomeUser(domain, owner, { code })));
    await enterCode(domain, owner, other.code, {});
    domain.clock.now = new Date(domain.clock.now.getTime() + 2 * DAY);
    expect(await welcomeUser(domain, owner, { code })).toBe(true);
    expect(await recorded()).toEqual(['SIGNED_UP', 'RESPONDED']);
    expect(await other.recorded()).toEqual(['RESPONDED']);
  });

  test('is that of a new user, also where the link was made before the trigger was through', async () => {
    const newUsersOnly = { model: 'last' as const, window: undefined, newUsersOnly: true };
    const domain = domainOn(outputs, { attribution: newUsersOnly });
    const { code, recorded } = await linkIn(domain);
    const owner = { userId: newUserId(), attributes: {} };
    const { readClaim } = domain.store;
    const markSignedUp = () => Promise.reject(new Error('cut'));
    const cut = { ...domain, store: { ...domain.store, readClaim, markSignedUp } };
    await expect(welcomeUser(cut, owner, { code })).rejects.toThrow('cut');
    domain.clock.now = new Date(domain.clock.now.getTime() + 60_000);
    await welcomeUser(domain, owner, { code });
    expect(await recorded()).toEqual(['SIGNED_UP', 'RESPONDED']);
  });

  test('ignores one’s own code', async () => {
    const domain = domainOn(outputs);
    const { code, userId, recorded } = await linkIn(domain);
    expect(await welcomeUser(domain, { userId, attributes: {} }, { code })).toBe(true);
    expect(await recorded()).toEqual([]);
  });

  test('with model first, a click before the sign-up is credited', async () => {
    const first = { model: 'first' as const, window: undefined, newUsersOnly: false };
    const domain = domainOn(outputs, { attribution: first });
    const [clicked, typed] = [await linkIn(domain), await linkIn(domain)];
    const session = newSession();
    await enterCode(domain, { session }, clicked.code, {});
    const userId = newUserId();
    await welcomeUser(domain, { userId, attributes: {} }, { session, code: typed.code });
    expect((await findAttribution(domain, { userId }))?.referral.code).toBe(clicked.code);
    expect(await clicked.recorded()).toEqual(['SIGNED_UP', 'RESPONDED']);
  });

  test('typing the same code a day later is another arrival', async () => {
    const domain = domainOn(outputs);
    const { code, recorded } = await linkIn(domain);
    const visitor = { session: newSession() };
    for (const later of [0, DAY - 1, 1, DAY - 1]) {
      domain.clock.now = new Date(domain.clock.now.getTime() + later);
      await enterCode(domain, visitor, code, {});
    }
    expect(await recorded()).toEqual(['RESPONDED', 'RESPONDED']);
  });
});

describe('code.ignoreCase', () => {
  let service: TestService;
  let owner: User;
  beforeAll(async () => {
    const { DynamoDBEndpoint: DYNAMODB_ENDPOINT } = outputs;
    const variables = { DYNAMODB_ENDPOINT, CODE_IGNORE_CASE: 'true', CODE_CUSTOM: 'true' };
    service = await startTestService({ variables });
    owner = await signUp(service.outputs);
  });
  afterAll(() => service.stop());

  test('new codes are in lower case, drawn or chosen, and found in either case', async () => {
    const chosen = `Ada-${randomUUID()}`;
    const codes = [
      await createReferral(service.outputs, owner),
      await createReferral(service.outputs, owner, { redirectTo: '/chosen', code: chosen }),
    ];
    expect(codes[1]).toBe(chosen.toLowerCase());
    for (const code of codes) {
      expect(code).toBe(code.toLowerCase());
      for (const typed of [
        code,
        code.toUpperCase(),
        `https://GO.EXAMPLE/r/${code.toUpperCase()}`,
      ]) {
        expect((await type(typed, {}, service.outputs)).body.referral.code).toBe(code);
      }
    }
  });

  test('a link is found in either case', async () => {
    const code = await createReferral(service.outputs, owner, { redirectTo: '/shouted' });
    const { status, headers, session } = await click(service.outputs, code.toUpperCase());
    expect([status, headers.get('location')]).toEqual([302, expect.stringContaining('/shouted')]);
    const { body } = await call(service.outputs, 'GET /attribution', { session });
    expect(body.referral.code).toBe(code);
    expect((await click(service.outputs, `${code}X`)).status).toBe(404);
  });

  test('a code that an edit chooses is in lower case, too', async () => {
    const code = await createReferral(service.outputs, owner, { redirectTo: '/edited' });
    const chosen = `Ada-${randomUUID()}`;
    const { token } = owner;
    const edit = () =>
      call(service.outputs, `PATCH /referrals/${code}`, { token, body: { code: chosen } });
    for (const { status, body } of [await edit(), await edit()]) {
      expect([status, body.code]).toEqual([200, chosen.toLowerCase()]);
    }
    expect((await type(chosen, {}, service.outputs)).body.referral.code).toBe(chosen.toLowerCase());
  });

  test('a code with capital letters from before goes on working as it is written', async () => {
    const { code } = await newLink();
    expect((await type(code, {}, service.outputs)).body.referral.code).toBe(code);
  });
});
