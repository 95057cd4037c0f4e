import { describe, expect, inject, test } from 'vitest';
import { createReferral as createInDomain } from '../../functions/core/referral.ts';
import { allPages, call, click, createReferral, signUp } from './client.ts';
import { domainOn, newUserId } from './domain.ts';

const outputs = inject('outputs');
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('POST /referrals', () => {
  test('creates a referral with all that was given (201)', async () => {
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
      userId: user.userId,
      label: 'newsletter',
      redirectTo: `${outputs.ApiUrl}/welcome`,
      target: { type: 'article', id: '42' },
      createdAt: TIME,
      expiresAt: '2999-01-01T00:00:00.000Z',
      clicks: 0,
      uniqueVisitors: 0,
    });
  });

  test('gives back the one that exists (200), with its counts', async () => {
    const { token } = await signUp(outputs);
    const body = { redirectTo: '/welcome' };
    const first = await call(outputs, 'POST /referrals', { token, body });
    await click(outputs, first.body.code);
    const second = await call(outputs, 'POST /referrals', { token, body });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual({ ...first.body, clicks: 1, uniqueVisitors: 1 });
  });

  test('tells apart by each of label, destination, target and owner', async () => {
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

  test('takes a path and the same place as a URL for one', async () => {
    const user = await signUp(outputs);
    const byPath = await createReferral(outputs, user, { redirectTo: '/welcome' });
    const byUrl = await createReferral(outputs, user, { redirectTo: `${outputs.ApiUrl}/welcome` });
    expect(byUrl).toBe(byPath);
  });

  test('makes one referral of twenty concurrent identical calls, and twenty equal answers', async () => {
    const { token } = await signUp(outputs);
    const body = { redirectTo: '/welcome', label: 'at once' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call(outputs, 'POST /referrals', { token, body })),
    );
    expect(answers.map(({ body: { code } }) => code)).toEqual(
      Array(20).fill(answers[0]?.body.code),
    );
    expect(answers.map((answer) => answer.body)).toEqual(Array(20).fill(answers[0]?.body));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(19).fill(200), 201]);
    const listed = await allPages(outputs, '/referrals', token, 100);
    expect(listed.filter(({ label }) => label === 'at once')).toHaveLength(1);
  });

  test('tells who was first also where a hook makes the same code for all', async () => {
    const domain = domainOn(outputs);
    const code = domain.newCode();
    const userId = newUserId();
    const create = () =>
      createInDomain({ ...domain, newCode: () => code }, { userId, redirectTo: '/' });
    const all = await Promise.all([create(), create(), create()]);
    expect(all.filter(({ created }) => created)).toHaveLength(1);
  });

  test('draws another code where the first is taken, and gives up after three', async () => {
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

describe('GET /referrals', () => {
  test('lists my referrals, newest first, with counts, page by page', async () => {
    const user = await signUp(outputs);
    const codes = [(await call(outputs, 'GET /me/referral', { token: user.token })).body.code];
    for (const path of ['/1', '/2', '/3', '/4']) {
      codes.unshift(await createReferral(outputs, user, { redirectTo: path }));
    }
    await click(outputs, codes[2]);
    const whole = await call(outputs, 'GET /referrals', { token: user.token });
    expect(whole.status).toBe(200);
    expect(whole.body.nextCursor).toBeNull();
    expect(whole.body.items.map(({ code, clicks }: Counted) => [code, clicks])).toEqual(
      codes.map((code, index) => [code, index === 2 ? 1 : 0]),
    );
    for (const limit of [1, 2, 5, 100]) {
      expect(await allPages(outputs, '/referrals', user.token, limit)).toEqual(whole.body.items);
    }
  });
});

interface Counted {
  code: string;
  clicks: number;
}

describe('GET /referrals/{code}', () => {
  test('answers one of mine with its counts', async () => {
    const { token } = await signUp(outputs);
    const { body } = await call(outputs, 'POST /referrals', { token, body: { redirectTo: '/x' } });
    await click(outputs, body.code);
    const { status, body: found } = await call(outputs, `GET /referrals/${body.code}`, { token });
    expect(status).toBe(200);
    expect(found).toEqual({ ...body, clicks: 1, uniqueVisitors: 1 });
  });

  test("answers for someone else's exactly what it answers for none", async () => {
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

describe('GET /referrals/{code}/responses', () => {
  test('answers its responses, newest first, page by page', async () => {
    const user = await signUp(outputs);
    const code = await createReferral(outputs, user);
    const { session } = await click(outputs, code);
    await call(outputs, 'POST /actions', {
      session,
      body: { action: 'BOUGHT', target: { type: 'product', id: '7' } },
    });
    for (let visitor = 0; visitor < 3; visitor++) await click(outputs, code);

    const path = `/referrals/${code}/responses`;
    const whole = await call(outputs, `GET ${path}`, { token: user.token });
    expect(whole.status).toBe(200);
    expect(whole.body.nextCursor).toBeNull();
    const clicked = {
      id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      code,
      action: 'RESPONDED',
      actionDisplay: 'Clicked on referral link',
      kind: 'human',
      first: true,
      userId: null,
      target: null,
      httpReferer: null,
      createdAt: TIME,
    };
    const bought = {
      ...clicked,
      action: 'BOUGHT',
      actionDisplay: 'BOUGHT',
      first: false,
      target: { type: 'product', id: '7' },
    };
    expect(whole.body.items).toEqual([clicked, clicked, clicked, bought, clicked]);
    for (const limit of [1, 2, 5]) {
      expect(await allPages(outputs, path, user.token, limit)).toEqual(whole.body.items);
    }
  });

  test('merges the buckets of a hot referral into one timeline', async () => {
    const domain = domainOn(outputs);
    const userId = newUserId();
    const { referral } = await createInDomain(domain, { userId, redirectTo: '/' });
    const hot = { ...referral, buckets: 8 };
    const ids = Array.from({ length: 40 }, () => domain.newId());
    for (const id of ids) {
      const createdAt = domain.now().toISOString();
      await domain.store.putResponse(
        {
          id,
          code: hot.code,
          action: 'RESPONDED',
          kind: 'human',
          first: true,
          session: `${id.slice(0, 22)}`,
          createdAt,
        },
        hot,
      );
    }
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await domain.store.listResponses([hot], { limit: 7, cursor });
      seen.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(ids.toReversed());
    expect(await domain.store.countClicks(hot)).toEqual({ clicks: 40, uniqueVisitors: 40 });
    const inOne = await domain.store.countClicks({ ...hot, buckets: 1 });
    expect(inOne.clicks).toBeLessThan(40);
  });
});

describe('GET /responses', () => {
  test('answers the responses to all my referrals and nobody else’s, newest first, page by page', async () => {
    const [user, other] = [await signUp(outputs), await signUp(outputs)];
    const [one, two] = [
      await createReferral(outputs, user, { redirectTo: '/1' }),
      await createReferral(outputs, user, { redirectTo: '/2' }),
    ];
    const foreign = await createReferral(outputs, other);
    for (const code of [one, two, foreign, one, two]) await click(outputs, code);
    const whole = await call(outputs, 'GET /responses', { token: user.token });
    expect(whole.status).toBe(200);
    expect(whole.body.items.map(({ code }: Counted) => code)).toEqual([two, one, two, one]);
    for (const limit of [1, 3]) {
      expect(await allPages(outputs, '/responses', user.token, limit)).toEqual(whole.body.items);
    }
  });

  test('is empty for a user without referrals', async () => {
    const { body } = await call(outputs, 'GET /responses', {
      token: (await signUp(outputs)).token,
    });
    expect(body).toEqual({ items: [], nextCursor: null });
  });
});

describe('GET /me/referral', () => {
  test('answers the link that signing up made', async () => {
    const user = await signUp(outputs);
    const listed = await call(outputs, 'GET /referrals', { token: user.token });
    const { status, body } = await call(outputs, 'GET /me/referral', { token: user.token });
    expect(status).toBe(200);
    expect(listed.body.items).toEqual([body]);
    expect(body).toEqual({
      code: expect.stringMatching(/^[0-9A-Za-z]{10}$/),
      url: `${outputs.ApiUrl}/r/${body.code}`,
      userId: user.userId,
      label: null,
      redirectTo: outputs.DefaultRedirectTo,
      target: null,
      createdAt: TIME,
      expiresAt: null,
      clicks: 0,
      uniqueVisitors: 0,
    });
  });
});
