import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { describe, expect, inject, test } from 'vitest';
import { recordAction } from '../../functions/core/action.ts';
import { call, click, createReferral, signUp } from './client.ts';
import { clicked, domainOn, newSession } from './domain.ts';

const outputs = inject('outputs');
const HOUR = 60 * 60 * 1000;

const act = (options: Parameters<typeof call>[2], action = 'BOUGHT') =>
  call(outputs, 'POST /actions', { body: { action }, ...options });

describe('Idempotency-Key', () => {
  const prepare = async () => {
    const owner = await signUp(outputs);
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    const recorded = async () =>
      (await call(outputs, `GET /referrals/${code}/responses`, { token: owner.token })).body.items
        .length - 1;
    return { session, headers: { 'idempotency-key': 'order-1' }, recorded };
  };

  test('the same key with the same body gets the first answer again and records nothing new', async () => {
    const { session, headers, recorded } = await prepare();
    const first = await act({ session, headers });
    const again = await act({ session, headers });
    expect(first.status).toBe(201);
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    expect(await recorded()).toBe(1);
  });

  test('twenty calls at once record one action', async () => {
    const { session, headers, recorded } = await prepare();
    const answers = await Promise.all(Array.from({ length: 20 }, () => act({ session, headers })));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await recorded()).toBe(1);
  });

  test('the same key with another body is 422 and records nothing new', async () => {
    const { session, headers, recorded } = await prepare();
    await act({ session, headers });
    const { status, body } = await act({ session, headers }, 'RETURNED');
    expect([status, body]).toEqual([
      422,
      {
        type: 'about:blank',
        title: 'Unprocessable Entity',
        status: 422,
        code: 'idempotency_mismatch',
        detail:
          'This Idempotency-Key was sent before with another body. Use a new key for a new action.',
        field: 'Idempotency-Key',
      },
    ]);
    expect(await recorded()).toBe(1);
  });

  test('keys are per visitor', async () => {
    const [one, other] = [await prepare(), await prepare()];
    await act(one);
    expect((await act(other)).status).toBe(201);
    expect(await other.recorded()).toBe(1);
  });

  /** The items that remember a visitor's keys. */
  const remembered = async (visitor: string) => {
    const { table } = domainOn(outputs);
    const items = [];
    const pages = paginateScan({ client: table.client }, { TableName: table.name });
    for await (const { Items = [] } of pages) items.push(...Items);
    return items.filter(({ pk }) => pk.startsWith(`IDEMPOTENCY#${visitor}#`));
  };

  test('a key without a credited referral writes nothing, and can record later', async () => {
    const session = newSession();
    const headers = { 'idempotency-key': 'k' };
    const first = await act({ session, headers });
    expect([first.status, first.body]).toEqual([200, { response: null }]);
    expect(await remembered(session)).toEqual([]);
    await click(outputs, await createReferral(outputs, await signUp(outputs)), session);
    expect((await act({ session, headers })).status).toBe(201);
  });

  test('a key gets the first answer again even if nobody is credited any more', async () => {
    const { session, headers } = await prepare();
    const first = await act({ session, headers });
    const domain = domainOn(outputs, {
      attribution: { model: 'last', window: 1, newUsersOnly: false },
    });
    domain.clock.now = new Date(domain.clock.now.getTime() + HOUR);
    const action = { action: 'BOUGHT', trusted: false, idempotencyKey: 'order-1' };
    const again = await recordAction(domain, { visitor: { session }, ...action });
    expect(again?.id).toBe(first.body.response.id);
    const other = recordAction(domain, { visitor: { session }, ...action, action: 'RETURNED' });
    await expect(other).rejects.toThrow('This Idempotency-Key was sent before');
    domain.clock.now = new Date(domain.clock.now.getTime() + 24 * HOUR);
    expect(await recordAction(domain, { visitor: { session }, ...action })).toBeUndefined();
  });

  test('a key keeps the fields of the answer for a day, without IP and user agent', async () => {
    const { session, headers } = await prepare();
    const { body } = await act({ session, headers });
    const { actionDisplay, userId, target, httpReferer, ...shown } = body.response;
    expect(await remembered(session)).toEqual([
      {
        pk: expect.any(String),
        sk: 'IDEMPOTENCY',
        fingerprint: expect.any(String),
        ttl: Math.floor(Date.parse(shown.createdAt) / 1000) + 24 * 60 * 60,
        response: {
          ...shown,
          trusted: false,
          via: 'link',
          respondedAt: expect.any(String),
        },
      },
    ]);
  });

  test('the key of a sign-up keeps no extra fields, and expires with the responses', async () => {
    const { session } = await prepare();
    const { userId } = await signUp(outputs, session);
    const [item = {}] = await remembered(`user:${userId}`);
    const created = Math.floor(Date.parse(item.response.createdAt) / 1000);
    expect(item.ttl).toBe(created + 400 * 24 * 60 * 60);
    const known = ['action', 'code', 'createdAt', 'existingUser', 'first', 'id', 'kind'];
    const names = [...known, 'respondedAt', 'trusted', 'via'];
    expect(Object.keys(item.response).toSorted()).toEqual(names);
  });

  test('a page cannot use up a key of the backend', async () => {
    const { session, headers } = await prepare();
    expect((await act({ session, headers })).status).toBe(201);
    const path = '/2015-03-31/functions/record-backend-action/invocations';
    const event = { session, action: 'BOUGHT', idempotencyKey: headers['idempotency-key'] };
    const { body } = await call(outputs, `POST ${path}`, { body: event });
    expect(body.response.trusted).toBe(true);
  });

  test('a failed attempt does not use up its key', async () => {
    const { session, headers } = await prepare();
    expect((await act({ session, headers, body: { action: '' } })).status).toBe(422);
    expect((await act({ session, headers })).status).toBe(201);
  });

  test('a key is forgotten after 24 hours', async () => {
    const domain = domainOn(outputs);
    const { visitor } = await clicked(domain);
    const record = () =>
      recordAction(domain, {
        visitor,
        action: 'BOUGHT',
        trusted: false,
        idempotencyKey: 'k',
      });
    const first = await record();
    domain.clock.now = new Date(domain.clock.now.getTime() + 24 * HOUR - 1000);
    expect((await record())?.id).toBe(first?.id);
    domain.clock.now = new Date(domain.clock.now.getTime() + 2000);
    expect((await record())?.id).not.toBe(first?.id);
  });
});
