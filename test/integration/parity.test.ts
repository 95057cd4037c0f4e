import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, inject, test } from 'vitest';
import { recordClick } from '../../functions/core/click.ts';
import { countReferral } from '../../functions/core/counting.ts';
import {
  createReferral as createInDomain,
  ownReferral,
} from '../../functions/core/create-referral.ts';
import { allPages, BROWSER, call, click, createReferral, signUp } from './client.ts';
import { domainOn, newSession, newUserId } from './domain.ts';

const outputs = inject('outputs');

/** Every feature of pinax-referrals, except the admin side, the importer and the hooks. */
describe('like pinax-referrals, or better', () => {
  test('Referral.create(redirect_to, user, label, target) gets or creates by these four', async () => {
    const domain = domainOn(outputs);
    const input = {
      userId: newUserId(),
      redirectTo: '/',
      label: 'x',
      target: { type: 't', id: '1' },
    };
    const all = await Promise.all(Array.from({ length: 20 }, () => createInDomain(domain, input)));
    expect(new Set(all.map(({ referral }) => referral.code)).size).toBe(1);
    expect(all.filter(({ created }) => created)).toHaveLength(1);
  });

  test('user may be None: a link without an owner works and credits', async () => {
    const domain = domainOn(outputs);
    const { referral, created } = await createInDomain(domain, { redirectTo: '/promotion' });
    const again = await createInDomain(domain, { redirectTo: '/promotion' });
    expect(created || again.created).toBe(created);
    expect(again.referral.code).toBe(referral.code);
    const { session } = await click(outputs, referral.code);
    const { body } = await call(outputs, 'GET /attribution', { session });
    expect(body.referral.code).toBe(referral.code);
  });

  test('label of up to 100 characters; several referrals per user', async () => {
    const user = await signUp(outputs);
    for (const label of ['a', 'b'.repeat(100)]) {
      await createReferral(outputs, user, { redirectTo: '/', label });
    }
    const labels = (await allPages(outputs, '/referrals', user.token, 10)).map(
      ({ label }) => label,
    );
    expect(labels).toEqual(['b'.repeat(100), 'a', null]);
  });

  test('target on the referral and on each response', async () => {
    const user = await signUp(outputs);
    const [target, other] = [
      { type: 'article', id: '1' },
      { type: 'comment', id: '2' },
    ];
    const code = await createReferral(outputs, user, { redirectTo: '/', target });
    const { session } = await click(outputs, code);
    await call(outputs, 'POST /actions', { session, body: { action: 'READ', target: other } });
    const referral = await call(outputs, `GET /referrals/${code}`, { token: user.token });
    const responses = await allPages(outputs, `/referrals/${code}/responses`, user.token, 10);
    expect([referral.body.target, ...responses.map((response) => response.target)]).toEqual([
      target,
      other,
      null,
    ]);
  });

  test('imported codes of up to 64 characters of [A-Za-z0-9_-] keep working', async () => {
    const domain = domainOn(outputs);
    const code = `${domain.newCode()}_-${'Z'.repeat(50)}`;
    expect(code).toHaveLength(64);
    await createInDomain({ ...domain, newCode: () => code }, { redirectTo: '/' });
    expect((await click(outputs, code)).status).toBe(302);
  });

  test('expired_at is enforced', async () => {
    const domain = domainOn(outputs);
    const expiresAt = new Date(domain.clock.now.getTime() + 1000).toISOString();
    const { referral } = await createInDomain(domain, { redirectTo: '/x', expiresAt });
    const clicked = () =>
      recordClick(domain, {
        code: referral.code,
        method: 'GET',
        sessions: [],
        redirectTo: undefined,
        purpose: undefined,
        userAgent: BROWSER,
      });
    expect((await clicked()).location).toBe('https://app.example.com/x');
    domain.clock.now = new Date(expiresAt);
    expect(await clicked()).toEqual({
      code: referral.code,
      location: domain.settings.defaultRedirectTo,
      outcome: 'expired',
      session: undefined,
      canHandOff: false,
    });
    expect((await countReferral(domain, referral)).clicks).toBe(1);
  });

  test('referral.url is a working link', async () => {
    const { token } = await signUp(outputs);
    const { body } = await call(outputs, 'GET /me/referral', { token });
    const { status } = await fetch(body.url, { redirect: 'manual' });
    expect(status).toBe(302);
  });

  test('every answer with a referral has response_count, and unique visitors beside it', async () => {
    const { token } = await signUp(outputs);
    const create = () => call(outputs, 'POST /referrals', { token, body: { redirectTo: '/' } });
    const { code } = (await create()).body;
    const { session } = await click(outputs, code);
    await click(outputs, code, session);
    const answers = [
      (await create()).body,
      (await call(outputs, `GET /referrals/${code}`, { token })).body,
      (await allPages(outputs, '/referrals', token, 10)).find((item) => item.code === code),
    ];
    expect(answers.map(({ clicks, uniqueVisitors }) => [clicks, uniqueVisitors])).toEqual(
      Array(3).fill([2, 1]),
    );
  });

  test('GET /<code>/ with or without the slash records RESPONDED and answers 302', async () => {
    const user = await signUp(outputs);
    const code = await createReferral(outputs, user);
    expect((await click(outputs, code)).status).toBe(302);
    expect((await click(outputs, `${code}/`)).status).toBe(302);
    const responses = await allPages(outputs, `/referrals/${code}/responses`, user.token, 10);
    expect(responses.map(({ action }) => action)).toEqual(['RESPONDED', 'RESPONDED']);
  });

  test('each response keeps session, user, ip, action, referer, target and time, even after linking', async () => {
    const { table } = domainOn(outputs);
    const [owner, visitor] = [await signUp(outputs), await signUp(outputs)];
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    const { body } = await call(outputs, 'POST /actions', {
      session,
      headers: { referer: 'https://app.example.com/' },
      body: { action: 'BOUGHT', target: { type: 'product', id: '7' } },
    });
    await call(outputs, 'POST /session/link', { token: visitor.token, session });
    const { id } = body.response;
    const { Item } = await table.client.send(
      new GetCommand({
        TableName: table.name,
        Key: { pk: `VISITOR#${session}`, sk: `RESPONSE#${id}` },
      }),
    );
    expect(Item).toEqual({
      pk: `VISITOR#${session}`,
      sk: `RESPONSE#${id}`,
      gsi1pk: `REFERRAL#${code}#0`,
      gsi1sk: id,
      id,
      code,
      referrerId: owner.userId,
      action: 'BOUGHT',
      kind: 'human',
      first: false,
      trusted: false,
      via: 'link',
      respondedAt: expect.any(String),
      session,
      userId: visitor.userId,
      target: { type: 'product', id: '7' },
      httpReferer: 'https://app.example.com/',
      userAgent: BROWSER,
      ip: '127.0.0.0',
      createdAt: body.response.createdAt,
      ttl: expect.any(Number),
    });
  });

  test('?redirect_to= overrides', async () => {
    const code = await createReferral(outputs, await signUp(outputs));
    const { headers } = await call(outputs, `GET /r/${code}?redirect_to=/special/`);
    expect(headers.get('location')).toBe(`${outputs.ApiUrl}/special/`);
  });

  test('record_response credits the most recent response of the user or session, or returns None', async () => {
    const owner = await signUp(outputs);
    const [one, two] = [
      await createReferral(outputs, owner, { redirectTo: '/1' }),
      await createReferral(outputs, owner, { redirectTo: '/2' }),
    ];
    const session = newSession();
    const act = async () =>
      (await call(outputs, 'POST /actions', { session, body: { action: 'SOME_ACTION' } })).body
        .response?.code ?? null;
    expect(await act()).toBeNull();
    await click(outputs, one, session);
    expect(await act()).toBe(one);
    await click(outputs, two, session);
    expect(await act()).toBe(two);
  });

  test('referral_for_request is GET /attribution', async () => {
    const target = { type: 'article', id: '1' };
    const code = await createReferral(outputs, await signUp(outputs), { redirectTo: '/', target });
    const { session } = await click(outputs, code);
    const { body } = await call(outputs, 'GET /attribution', { session });
    expect([body.referral.code, body.referral.target]).toEqual([code, target]);
  });

  test('referral.respond(request, action, user) at sign-up is the post-confirmation function', async () => {
    const owner = await signUp(outputs);
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    const referee = await signUp(outputs, session);
    const responses = await allPages(outputs, '/responses', owner.token, 10);
    expect(responses.map(({ action, userId }) => [action, userId])).toEqual([
      ['SIGNED_UP', referee.userId],
      ['RESPONDED', referee.userId],
    ]);
  });

  test('SessionJumpingMiddleware: any authenticated request links the session’s responses, for any referral', async () => {
    const owner = await signUp(outputs);
    const session = newSession();
    for (const redirectTo of ['/1', '/2']) {
      await click(outputs, await createReferral(outputs, owner, { redirectTo }), session);
    }
    const visitor = await signUp(outputs);
    const headers = { cookie: `referral_session=${session}` };
    await call(outputs, 'GET /me/referral', { token: visitor.token, headers });
    const responses = await allPages(outputs, '/responses', owner.token, 10);
    expect(responses.map(({ action, userId }) => [action, userId])).toEqual([
      ['SIGNED_UP', visitor.userId],
      ['RESPONDED', visitor.userId],
      ['RESPONDED', visitor.userId],
    ]);
  });

  test('sign-up gives each user a link, like a post_save receiver for profiles, and the link stays the same', async () => {
    const domain = domainOn(outputs);
    const userId = newUserId();
    const { referral } = await ownReferral(domain, userId);
    const moved = { ...domain.settings, defaultRedirectTo: 'https://app.example.com/elsewhere' };
    const again = await ownReferral({ ...domain, settings: moved }, userId);
    expect(again).toEqual({ referral, created: false });

    // It stays the same even if the user has an earlier link to the same place that expires.
    const other = newUserId();
    const expiresAt = new Date(domain.clock.now.getTime() + 1000).toISOString();
    const made = await createInDomain(domain, { userId: other, redirectTo: '/', expiresAt });
    const own = await ownReferral(domain, other);
    expect([own.created, own.referral.expiresAt]).toEqual([true, undefined]);
    expect(own.referral.code).not.toBe(made.referral.code);
    expect(await ownReferral(domain, other)).toEqual({ ...own, created: false });
  });
});
