import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, inject, test } from 'vitest';
import { createReferral as createInDomain } from '../../functions/core/create-referral.ts';
import { editReferral } from '../../functions/core/edit-referral.ts';
import { allPages, call, click, createReferral, signUp } from './client.ts';
import { domainOn, newUserId } from './domain.ts';
import { TIME } from './time.ts';

const outputs = inject('outputs');

describe('POST /referrals', () => {
  test('creates a referral with all given fields (201)', async () => {
    const user = await signUp(outputs);
    const answer = await call(outputs, 'POST /referrals', {
      token: user.token,
      body: {
        redirectTo: '/welcome',
        label: 'newsletter',
        target: { type: 'article', id: '42' },
        expiresAt: '2999-01-01T02:00:00+02:00',
      },
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toEqual({
      code: expect.stringMatching(/^[0-9A-Za-z]{10}$/),
      url: `${outputs.ApiUrl}/r/${answer.body.code}`,
      firstCode: answer.body.code,
      userId: user.userId,
      label: 'newsletter',
      redirectTo: `${outputs.ApiUrl}/welcome`,
      target: { type: 'article', id: '42' },
      createdAt: TIME,
      expiresAt: '2999-01-01T00:00:00.000Z',
      disabledAt: null,
      clicks: 0,
      uniqueVisitors: 0,
      suspicious: 0,
      countedUntil: TIME,
    });
  });

  test('returns an existing referral with its counts (200)', async () => {
    const { token } = await signUp(outputs);
    const body = { redirectTo: '/welcome' };
    const first = await call(outputs, 'POST /referrals', { token, body });
    await click(outputs, first.body.code);
    const second = await call(outputs, 'POST /referrals', { token, body });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual({
      ...first.body,
      clicks: 1,
      uniqueVisitors: 1,
      countedUntil: TIME,
    });
  });

  test('makes another referral for another label, destination, target or owner', async () => {
    const [one, other] = [await signUp(outputs), await signUp(outputs)];
    const bodies = [
      { redirectTo: '/a' },
      { redirectTo: '/b' },
      { redirectTo: '/a', label: 'x' },
      { redirectTo: '/a', target: { type: 't', id: '1' } },
      { redirectTo: '/a', target: { type: 't', id: '2' } },
      { redirectTo: '/a', label: 'x', target: { type: 't', id: '1' } },
    ];
    const codes = new Set<string>();
    for (const body of bodies) codes.add(await createReferral(outputs, one, body));
    codes.add(await createReferral(outputs, other, { redirectTo: '/a' }));
    expect(codes.size).toBe(7);
  });

  test('treats a path and its full URL as the same destination', async () => {
    const user = await signUp(outputs);
    const byPath = await createReferral(outputs, user, { redirectTo: '/welcome' });
    const byUrl = await createReferral(outputs, user, { redirectTo: `${outputs.ApiUrl}/welcome` });
    expect(byUrl).toBe(byPath);
  });

  test('makes one referral from twenty identical calls at once, with twenty equal answers', async () => {
    const { token } = await signUp(outputs);
    const body = { redirectTo: '/welcome', label: 'at once' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call(outputs, 'POST /referrals', { token, body })),
    );
    expect(answers.map(({ body: { code } }) => code)).toEqual(
      Array(20).fill(answers[0]?.body.code),
    );
    expect(answers.map((answer) => answer.body)).toEqual(
      Array(20).fill({ ...answers[0]?.body, countedUntil: TIME }),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(19).fill(200), 201]);
    const listed = await allPages(outputs, '/referrals', token, 100);
    expect(listed.filter(({ label }) => label === 'at once')).toHaveLength(1);
  });

  test('finds the first of the calls even if a hook makes the same code for all', async () => {
    const domain = domainOn(outputs);
    const code = domain.newCode();
    const userId = newUserId();
    const create = () =>
      createInDomain({ ...domain, newCode: () => code }, { userId, redirectTo: '/' });
    const all = await Promise.all([create(), create(), create()]);
    expect(all.filter(({ created }) => created)).toHaveLength(1);
  });

  test('draws another code if one is taken, and gives up after three', async () => {
    const domain = domainOn(outputs);
    const create = (codes: string[]) =>
      createInDomain(
        { ...domain, newCode: () => codes.shift() ?? 'none-left' },
        { userId: newUserId(), redirectTo: '/' },
      );
    const taken = domain.newCode();
    const free = domain.newCode();
    await create([taken]);
    expect((await create([taken, taken, free])).referral.code).toBe(free);
    await expect(create([taken, taken, taken, domain.newCode()])).rejects.toMatchObject({
      code: 'code_taken',
    });
  });
});

describe('POST /referrals, if the same link', () => {
  const soon = () => new Date(Date.now() + 1_000).toISOString();

  test('has expired, makes a new one (201) and then returns that one (200)', async () => {
    const { token } = await signUp(outputs);
    const body = { redirectTo: '/welcome', label: 'spring' };
    const old = await call(outputs, 'POST /referrals', {
      token,
      body: { ...body, expiresAt: soon() },
    });
    await delay(1_100);
    const made = await call(outputs, 'POST /referrals', { token, body });
    const again = await call(outputs, 'POST /referrals', { token, body });
    expect([old.status, made.status, again.status]).toEqual([201, 201, 200]);
    expect(made.body.code).not.toBe(old.body.code);
    expect(again.body).toEqual({ ...made.body, countedUntil: TIME });
  });

  test('was stopped, makes a new one (201)', async () => {
    const user = await signUp(outputs);
    const code = await createReferral(outputs, user);
    const { token } = user;
    await call(outputs, `PATCH /referrals/${code}`, { token, body: { disabled: true } });
    const made = await call(outputs, 'POST /referrals', {
      token,
      body: { redirectTo: '/welcome' },
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ disabledAt: null });
    expect(made.body.code).not.toBe(code);
  });

  test('has expired, makes one new referral from twenty calls at once', async () => {
    const { token } = await signUp(outputs);
    const body = { redirectTo: '/welcome', label: 'at once' };
    await call(outputs, 'POST /referrals', { token, body: { ...body, expiresAt: soon() } });
    await delay(1_100);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call(outputs, 'POST /referrals', { token, body })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(19).fill(200), 201]);
    expect(new Set(answers.map(({ body: { code } }) => code)).size).toBe(1);
    const listed = await allPages(outputs, '/referrals', token, 100);
    expect(listed.filter(({ label }) => label === 'at once')).toHaveLength(2);
  });

  test('is extended while a new one is being made, makes no new one', async () => {
    const domain = domainOn(outputs);
    const link = { userId: newUserId(), redirectTo: '/' };
    const expiresAt = new Date(domain.clock.now.getTime() + 1_000).toISOString();
    const { referral } = await createInDomain(domain, { ...link, expiresAt });
    const later = { ...domain, now: () => new Date(domain.clock.now.getTime() + 2_000) };
    let extended = false;
    const store: typeof domain.store = {
      ...domain.store,
      readClaim: async (id) => {
        const claim = await domain.store.readClaim(id);
        if (!extended) {
          extended = true;
          await editReferral(domain, link.userId, referral.code, { expiresAt: null });
        }
        return claim;
      },
    };
    const made = await createInDomain({ ...later, store }, link);
    expect([made.created, made.referral.code]).toEqual([false, referral.code]);
  });
});

describe('a label', () => {
  const label = async (given: string) => {
    const { token } = await signUp(outputs);
    const body = { redirectTo: '/welcome', label: given };
    return (await call(outputs, 'POST /referrals', { token, body })).body.label;
  };

  test('may be null for none, and so may target and expiresAt', async () => {
    const { token } = await signUp(outputs);
    const none = { label: null, target: null, expiresAt: null };
    const body = { redirectTo: '/welcome' };
    const first = await call(outputs, 'POST /referrals', { token, body });
    const same = await call(outputs, 'POST /referrals', { token, body: { ...body, ...none } });
    expect([same.status, same.body]).toEqual([200, { ...first.body, countedUntil: TIME }]);
    expect(first.body).toMatchObject(none);
  });

  test('may have emoji, and its length counts characters', async () => {
    expect(await label('😀'.repeat(100))).toBe('😀'.repeat(100));
  });

  test.each(['👩🏽‍🚀 space', '👨‍👩‍👧‍👦', '🏳️‍🌈', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'])(
    'may have an emoji of several characters (%s)',
    async (emoji) => {
      expect(await label(emoji)).toBe(emoji);
    },
  );

  test('is stored in a normal form, without wide characters and spaces around it', async () => {
    expect(await label('  Ｎｅｗｓ ﬁrst ')).toBe('News first');
    const user = await signUp(outputs);
    const [spaced, plain] = [
      await createReferral(outputs, user, { redirectTo: '/', label: ' e\u0301t\u00e9 ' }),
      await createReferral(outputs, user, { redirectTo: '/', label: '\u00e9t\u00e9' }),
    ];
    expect(spaced).toBe(plain);
  });
});

describe('GET /referrals/{code}', () => {
  test('returns a referral of mine with its counts', async () => {
    const { token } = await signUp(outputs);
    const { body } = await call(outputs, 'POST /referrals', { token, body: { redirectTo: '/x' } });
    await click(outputs, body.code);
    const { status, body: found } = await call(outputs, `GET /referrals/${body.code}`, { token });
    expect(status).toBe(200);
    expect(found).toEqual({ ...body, clicks: 1, uniqueVisitors: 1, countedUntil: TIME });
  });

  test("answers the same for someone else's referral as for an unknown one", async () => {
    const [owner, other] = [await signUp(outputs), await signUp(outputs)];
    const code = await createReferral(outputs, owner);
    for (const path of [code, 'unknown', '%00', 'x'.repeat(5000)]) {
      for (const suffix of ['', '/responses']) {
        const answer = await call(outputs, `GET /referrals/${path}${suffix}`, {
          token: other.token,
        });
        expect([answer.status, answer.body]).toEqual([
          404,
          {
            type: 'about:blank',
            title: 'Not Found',
            status: 404,
            code: 'unknown_code',
            detail: 'There is no referral with this code.',
            field: 'code',
          },
        ]);
      }
    }
  });
});

describe('GET /me/referral', () => {
  test('returns the link from the sign-up', async () => {
    const user = await signUp(outputs);
    const listed = await call(outputs, 'GET /referrals', { token: user.token });
    const { status, body } = await call(outputs, 'GET /me/referral', { token: user.token });
    expect(status).toBe(200);
    expect(listed.body.items).toEqual([{ ...body, countedUntil: TIME }]);
    expect(body).toEqual({
      code: expect.stringMatching(/^[0-9A-Za-z]{10}$/),
      url: `${outputs.ApiUrl}/r/${body.code}`,
      firstCode: body.code,
      userId: user.userId,
      label: null,
      redirectTo: outputs.DefaultRedirectTo,
      target: null,
      createdAt: TIME,
      expiresAt: null,
      disabledAt: null,
      clicks: 0,
      uniqueVisitors: 0,
      suspicious: 0,
      countedUntil: TIME,
    });
  });
});
