import { describe, expect, inject, test } from 'vitest';
import { createReferral as createInDomain } from '../../functions/core/create-referral.ts';
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
