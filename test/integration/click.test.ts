import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { describe, expect, inject, test } from 'vitest';
import { recordClick } from '../../functions/core/click.ts';
import { countReferral } from '../../functions/core/counting.ts';
import { createReferral as createInDomain } from '../../functions/core/create-referral.ts';
import { BROWSER, call, click, createReferral, sessionIn, signUp } from './client.ts';
import { domainOn, newSession, newUserId } from './domain.ts';
import { TIME } from './time.ts';

const outputs = inject('outputs');

const responses = async (token: string, code: string) =>
  (await call(outputs, `GET /referrals/${code}/responses`, { token })).body.items;

describe('GET /r/{code}', () => {
  test('redirects a new visitor and gives them a lasting session', async () => {
    const user = await signUp(outputs);
    const code = await createReferral(outputs, user);
    const { status, headers, body, session } = await click(outputs, code);

    expect(status).toBe(302);
    expect(headers.get('location')).toBe(`${outputs.ApiUrl}/welcome`);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-robots-tag')).toBe('noindex');
    expect(headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('set-cookie')).toBe(
      `referral_session=${session}; Max-Age=31536000; Path=/; HttpOnly; Secure; SameSite=Lax`,
    );
    expect(session).toMatch(/^[\w-]{32}$/);
    expect(body).toBe('');
  });

  test('tolerates only one trailing slash', async () => {
    const code = await createReferral(outputs, await signUp(outputs));
    expect((await call(outputs, `GET /r/${code}/`)).status).toBe(302);
    expect((await call(outputs, `GET /r/${code}//`)).status).toBe(404);
  });

  test('answers an unknown, malformed or too long code with 404 and no session', async () => {
    for (const code of [
      'unknown',
      '%00',
      'a%2Fb',
      'x'.repeat(65),
      'x'.repeat(5000),
      '%E0%A4%A',
      '',
    ]) {
      const { status, headers, body } = await call(outputs, `GET /r/${code}`);
      expect({ status, cookie: headers.get('set-cookie'), body }).toEqual({
        status: 404,
        cookie: null,
        body: {
          type: 'about:blank',
          title: 'Not Found',
          status: 404,
          code: 'unknown_code',
          detail: 'There is no referral with this code.',
          field: 'code',
        },
      });
    }
  });

  test('counts every click of a visitor, but the visitor only once', async () => {
    const user = await signUp(outputs);
    const code = await createReferral(outputs, user);
    const { session } = await click(outputs, code);
    expect((await click(outputs, code, session)).session).toBe(session);
    await click(outputs, code);

    const { body } = await call(outputs, `GET /referrals/${code}`, { token: user.token });
    expect([body.clicks, body.uniqueVisitors]).toEqual([3, 2]);
    const found = await responses(user.token, code);
    expect(found.map(({ first }: { first: boolean }) => first)).toEqual([true, false, true]);
  });

  test('counts a returning visitor of one link as a new visitor of another', async () => {
    const user = await signUp(outputs);
    const [one, other] = [
      await createReferral(outputs, user, { redirectTo: '/one' }),
      await createReferral(outputs, user, { redirectTo: '/other' }),
    ];
    const { session } = await click(outputs, one);
    await click(outputs, other, session);
    const { body } = await call(outputs, `GET /referrals/${other}`, { token: user.token });
    expect([body.clicks, body.uniqueVisitors]).toEqual([1, 1]);
  });

  test('counts 200 concurrent clicks on one code as 200', async () => {
    const user = await signUp(outputs);
    const code = await createReferral(outputs, user);
    const answers = await Promise.all(Array.from({ length: 200 }, () => click(outputs, code)));
    // On a busy machine some run out of time. Such a click is refused, but may be stored all the same.
    const accepted = answers.filter(({ status }) => status !== 503);
    expect(new Set(accepted.map(({ status }) => status))).toEqual(new Set([302]));
    expect(new Set(accepted.map(({ session }) => session)).size).toBe(accepted.length);
    const { body } = await call(outputs, `GET /referrals/${code}`, { token: user.token });
    expect(body.clicks).toBe(body.uniqueVisitors);
    expect(body.clicks).toBeGreaterThanOrEqual(accepted.length);
    expect(body.clicks).toBeLessThanOrEqual(200);
  });

  test('stores 200 clicks on one code, fifty at once, if each has enough time', async () => {
    const domain = domainOn(outputs);
    const { referral } = await createInDomain(domain, { userId: newUserId(), redirectTo: '/' });
    const click = {
      code: referral.code,
      method: 'GET',
      sessions: [],
      redirectTo: undefined,
      purpose: undefined,
      userAgent: BROWSER,
    };
    // The database has this many connections.
    await pMap(Array(200), () => recordClick(domain, click), { concurrency: 50 });
    expect(await countReferral(domain, referral)).toMatchObject({
      clicks: 200,
      uniqueVisitors: 200,
    });
  });

  test.each([
    ['a bot', 'GET', { 'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' }, 'bot'],
    ['a prefetch (Sec-Purpose)', 'GET', { 'sec-purpose': 'prefetch;prerender' }, 'prefetch'],
    ['a prefetch (Purpose)', 'GET', { purpose: 'prefetch' }, 'prefetch'],
    ['HEAD', 'HEAD', {}, 'prefetch'],
  ])(
    'redirects %s and records it, but gives no session and does not count it',
    async (_, method, headers, kind) => {
      const user = await signUp(outputs);
      const code = await createReferral(outputs, user);
      const answer = await call(outputs, `${method} /r/${code}`, { headers });
      expect([answer.status, answer.headers.get('location'), sessionIn(answer)]).toEqual([
        302,
        `${outputs.ApiUrl}/welcome`,
        '',
      ]);
      const { body } = await call(outputs, `GET /referrals/${code}`, { token: user.token });
      expect([body.clicks, body.uniqueVisitors]).toEqual([0, 0]);
      expect(await responses(user.token, code)).toEqual([
        expect.objectContaining({ action: 'RESPONDED', kind, first: false, userId: null }),
      ]);
    },
  );

  test("recognizes the owner's own click by the session that is linked to them", async () => {
    const user = await signUp(outputs);
    const code = await createReferral(outputs, user);
    const session = newSession();
    await call(outputs, 'POST /session/link', { token: user.token, session });
    const answer = await click(outputs, code, session);
    expect([answer.status, answer.session]).toEqual([302, session]);
    expect(await responses(user.token, code)).toEqual([
      expect.objectContaining({ kind: 'own', first: false }),
    ]);
    const { body } = await call(outputs, `GET /referrals/${code}`, { token: user.token });
    expect([body.clicks, body.uniqueVisitors]).toEqual([0, 0]);
  });

  test('does not count a visitor as new after they are linked to a user', async () => {
    const [owner, visitor] = [await signUp(outputs), await signUp(outputs)];
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    await call(outputs, 'POST /session/link', { token: visitor.token, session });
    await click(outputs, code, session);
    const { body } = await call(outputs, `GET /referrals/${code}`, { token: owner.token });
    expect([body.clicks, body.uniqueVisitors]).toEqual([2, 1]);
  });

  test('ignores a garbage cookie and gives a new session', async () => {
    const code = await createReferral(outputs, await signUp(outputs));
    for (const cookie of [
      'referral_session=%00',
      'referral_session',
      `referral_session=${'x'.repeat(4000)}`,
      '=;;=',
    ]) {
      const answer = await call(outputs, `GET /r/${code}`, { headers: { cookie } });
      expect([answer.status, sessionIn(answer)]).toEqual([
        302,
        expect.stringMatching(/^[\w-]{32}$/),
      ]);
    }
  });

  test('redirects an expired link to the default destination and records nothing', async () => {
    const { table } = domainOn(outputs);
    const user = await signUp(outputs);
    const created = await call(outputs, 'POST /referrals', {
      token: user.token,
      body: { redirectTo: '/welcome', expiresAt: '2999-01-01T00:00:00Z' },
    });
    const { code } = created.body;
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { pk: `REFERRAL#${code}`, sk: 'REFERRAL' },
        UpdateExpression: 'SET expiresAt = :past',
        ExpressionAttributeValues: { ':past': '2020-01-01T00:00:00.000Z' },
      }),
    );
    const answer = await call(outputs, `GET /r/${code}?redirect_to=/special`);
    expect([
      answer.status,
      answer.headers.get('location'),
      answer.headers.get('set-cookie'),
    ]).toEqual([302, outputs.DefaultRedirectTo, null]);
    expect(await responses(user.token, code)).toEqual([]);
  });

  test('keeps session, IP, referer and user agent with the response, and limits their length', async () => {
    const { table } = domainOn(outputs);
    const user = await signUp(outputs);
    const code = await createReferral(outputs, user);
    const answer = await call(outputs, `GET /r/${code}`, {
      headers: {
        referer: `https://blog.example.com/${'x'.repeat(4000)}`,
        'x-forwarded-for': '6.6.6.6',
      },
    });
    const session = sessionIn(answer);
    const { Items } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': `VISITOR#${session}` },
      }),
    );
    expect(Items).toEqual([
      {
        pk: `VISITOR#${session}`,
        sk: expect.stringMatching(/^RESPONSE#[0-9A-Z]{26}$/),
        gsi1pk: `REFERRAL#${code}#0`,
        gsi1sk: Items?.[0]?.id,
        id: expect.stringMatching(/^[0-9A-Z]{26}$/),
        code,
        referrerId: user.userId,
        action: 'RESPONDED',
        kind: 'human',
        first: true,
        trusted: true,
        via: 'link',
        session,
        httpReferer: `https://blog.example.com/${'x'.repeat(175)}`,
        userAgent: BROWSER,
        ip: '127.0.0.0',
        fingerprint: expect.stringMatching(/^[\w-]{8}$/),
        ipHash: expect.stringMatching(/^[\w-]{8}$/),
        createdAt: TIME,
        ttl: Math.floor(Date.parse(Items?.[0]?.createdAt) / 1000) + 400 * 24 * 60 * 60,
      },
    ]);
  });

  test('the largest possible click fits into one write unit', async () => {
    const { table } = domainOn(outputs);
    const code = await createReferral(outputs, await signUp(outputs));
    const answer = await call(outputs, `GET /r/${code}`, {
      headers: {
        referer: `https://blog.example.com/${'x'.repeat(4000)}`,
        'user-agent': `${BROWSER} ${'ü'.repeat(4000)}`,
      },
    });
    const { Items: [item = {}] = [] } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': `VISITOR#${sessionIn(answer)}` },
      }),
    );
    // DynamoDB counts names and values: one byte for a boolean, at most nine for a number. The click has
    // the longest code, bucket and IP, and a time to live.
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    const longest = {
      ip: 'x'.repeat(39),
      code: 'x'.repeat(64),
      gsi1pk: `REFERRAL#${'x'.repeat(64)}#255`,
      ttl: 'x'.repeat(9),
      via: 'forwarded',
    };
    const size = Object.entries({ ...item, ...longest })
      .map(
        ([name, value]) => name.length + (typeof value === 'string' ? Buffer.byteLength(value) : 1),
      )
      .reduce((sum, length) => sum + length, 0);
    expect(size).toBeGreaterThan(950);
    expect(size).toBeLessThanOrEqual(1024);
  });
});
