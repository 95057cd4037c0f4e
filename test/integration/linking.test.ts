import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { countReferral } from '../../functions/core/counting.ts';
import { createReferral as createInDomain } from '../../functions/core/create-referral.ts';
import { linkSession } from '../../functions/core/link.ts';
import { isWrite } from '../dynamodb-proxy/accesses.ts';
import type { Fate } from '../dynamodb-proxy/fates.ts';
import { type DynamoDBProxy, startDynamoDBProxy } from '../dynamodb-proxy/proxy.ts';
import { call, click, createReferral, signUp } from './client.ts';
import { type Domain, domainOn, newSession, newUserId } from './domain.ts';

const outputs = inject('outputs');

interface Row {
  action: string;
  code: string;
  userId: string | null;
}
const rowsOf = async (token: string, code: string): Promise<Row[]> =>
  (await call(outputs, `GET /referrals/${code}/responses`, { token })).body.items;

describe('POST /session/link', () => {
  test('links all responses of the session once, whatever their referral', async () => {
    const owner = await signUp(outputs);
    const [one, two] = [
      await createReferral(outputs, owner, { redirectTo: '/1' }),
      await createReferral(outputs, owner, { redirectTo: '/2' }),
    ];
    const { session } = await click(outputs, one);
    await click(outputs, two, session);
    await call(outputs, 'POST /actions', { session, body: { action: 'BOUGHT' } });
    const visitor = await signUp(outputs);

    const link = () => call(outputs, 'POST /session/link', { token: visitor.token, session });
    const [first, again] = [await link(), await link()];
    expect([first.status, first.body, again.body]).toEqual([200, { linked: 3 }, { linked: 0 }]);
    const rows = [...(await rowsOf(owner.token, one)), ...(await rowsOf(owner.token, two))];
    expect(rows.map(({ action, userId }) => [action, userId])).toEqual([
      ['RESPONDED', visitor.userId],
      // The visitor has just signed up, so the last link that they clicked is credited.
      ['SIGNED_UP', visitor.userId],
      ['BOUGHT', visitor.userId],
      ['RESPONDED', visitor.userId],
    ]);
  });

  test('does not change counts, ids and times', async () => {
    const [owner, visitor] = [await signUp(outputs), await signUp(outputs)];
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    await click(outputs, code, session);
    const before = await rowsOf(owner.token, code);
    await call(outputs, 'POST /session/link', { token: visitor.token, session });
    const after = await rowsOf(owner.token, code);
    expect(after).toEqual(before.map((row) => ({ ...row, userId: visitor.userId })));
    const { body } = await call(outputs, `GET /referrals/${code}`, { token: owner.token });
    expect([body.clicks, body.uniqueVisitors]).toEqual([2, 1]);
  });

  test('links nothing without a session', async () => {
    const { token } = await signUp(outputs);
    const { status, body } = await call(outputs, 'POST /session/link', { token });
    expect([status, body]).toEqual([200, { linked: 0 }]);
  });

  test('a session of one user is not linked to another user, and none of its responses become theirs', async () => {
    const [owner, first, second] = [
      await signUp(outputs),
      await signUp(outputs),
      await signUp(outputs),
    ];
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    await call(outputs, 'POST /session/link', { token: first.token, session });
    await click(outputs, code, session);
    const users = async () =>
      (await rowsOf(owner.token, code))
        .filter(({ action }: { action: string }) => action === 'RESPONDED')
        .map(({ userId }: { userId: string | null }) => userId);
    expect(await users()).toEqual([null, first.userId]);
    const { body } = await call(outputs, 'POST /session/link', { token: second.token, session });
    expect([body, await users()]).toEqual([{ linked: 0 }, [null, first.userId]]);
    await call(outputs, 'POST /session/link', { token: first.token, session });
    expect(await users()).toEqual([first.userId, first.userId]);
  });

  test('a stolen session that the thief links before the visitor signs up credits the thief to the link, and nobody to the thief', async () => {
    const [owner, thief] = [await signUp(outputs), await signUp(outputs)];
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    await call(outputs, 'POST /session/link', { token: thief.token, session });
    const visitor = await signUp(outputs, session);
    const act = ({ token }: { token: string }) =>
      call(outputs, 'POST /actions', { token, session, body: { action: 'BOUGHT' } });
    expect((await act(visitor)).body).toEqual({ response: null });
    expect((await act(thief)).body.response.code).toBe(code);
    expect((await rowsOf(owner.token, code)).map(({ action, userId }) => [action, userId])).toEqual(
      [
        ['BOUGHT', thief.userId],
        ['RESPONDED', thief.userId],
      ],
    );
  });

  test('a later click of a linked session becomes the user’s only if the browser shows that it arrived', async () => {
    const [owner, visitor] = [await signUp(outputs), await signUp(outputs)];
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    const { token } = visitor;
    await call(outputs, 'GET /me/referral', { token, session });
    const users = async () => (await rowsOf(owner.token, code)).map(({ userId }) => userId);
    // Somebody else may have the session too, and click from afar.
    await click(outputs, code, session);
    await call(outputs, 'GET /me/referral', { token, session });
    await call(outputs, 'POST /actions', { token, session, body: { action: 'BOUGHT' } });
    expect(await users()).toEqual([visitor.userId, null, visitor.userId]);
    const headers = { cookie: `referral_session=${session}` };
    await call(outputs, 'GET /me/referral', { token, headers });
    expect(await users()).toEqual(Array(3).fill(visitor.userId));
    await click(outputs, code, session);
    await call(outputs, 'POST /session/link', { token, session });
    expect(await users()).toEqual(Array(4).fill(visitor.userId));
  });

  test('a linked response stays in its place and in the index, and its user has a copy, which is not in it', async () => {
    const [owner, visitor] = [await signUp(outputs), await signUp(outputs)];
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    const domain = domainOn(outputs);
    const rows = async () =>
      (await partition(domain, `VISITOR#${session}`)).filter(({ sk }) => sk !== 'USER');
    const [before] = await rows();
    await call(outputs, 'POST /session/link', { token: visitor.token, session });
    const { userId } = visitor;
    expect(await rows()).toEqual([{ ...before, userId }]);
    const { gsi1pk, gsi1sk, ...copy } = before ?? {};
    expect([gsi1pk, gsi1sk, copy.ttl]).toEqual([`REFERRAL#${code}#0`, copy.id, expect.any(Number)]);
    expect(await partition(domain, `VISITOR#user:${userId}`)).toEqual([
      { ...copy, pk: `VISITOR#user:${userId}`, userId },
    ]);
    expect([
      await domain.store.standingOf({ session: session ?? '' }, code, ''),
      await domain.store.standingOf({ userId }, code, ''),
    ]).toEqual(['new', 'returning']);
  });

  test('a response that an earlier version moved, and left a trace of, is read once', async () => {
    const [owner, visitor] = [await signUp(outputs), await signUp(outputs)];
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    const { userId, token } = visitor;
    const domain = domainOn(outputs);
    const [row] = await partition(domain, `VISITOR#${session}`);
    const put = (Item: Record<string, unknown>) =>
      domain.table.client.send(new PutCommand({ TableName: domain.table.name, Item }));
    await put({ pk: row?.pk, sk: row?.sk, ttl: row?.ttl });
    await put({ ...row, pk: `VISITOR#user:${userId}`, userId });
    await click(outputs, code, session);
    const answer = await call(outputs, 'POST /session/link', { token, session });
    expect(answer.body).toEqual({ linked: 1 });
    expect((await rowsOf(owner.token, code)).map((shown) => shown.userId)).toEqual([
      userId,
      userId,
    ]);
    const { body } = await call(outputs, 'GET /attribution', { token });
    expect(body.referral.code).toBe(code);
  });

  test('the user of a session is forgotten when responses expire', async () => {
    const [owner, visitor] = [await signUp(outputs), await signUp(outputs)];
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    const earliest = Math.floor(Date.now() / 1000);
    await call(outputs, 'POST /session/link', { token: visitor.token, session });
    const { table } = domainOn(outputs);
    const Key = { pk: `VISITOR#${session}`, sk: 'USER' };
    const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key }));
    const lifetime = 400 * 24 * 60 * 60;
    expect(Item).toEqual({
      ...Key,
      userId: visitor.userId,
      isSettled: true,
      ttl: expect.toSatisfy((ttl) => ttl >= earliest + lifetime && ttl < earliest + lifetime + 60),
    });
  });

  test('ten calls at once link each response once', async () => {
    const [owner, visitor] = [await signUp(outputs), await signUp(outputs)];
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    for (let n = 0; n < 9; n++) await click(outputs, code, session);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        call(outputs, 'POST /session/link', { token: visitor.token, session }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(answers.reduce((sum, { body }) => sum + body.linked, 0)).toBe(10);
    expect((await rowsOf(owner.token, code)).map(({ userId }) => userId)).toEqual(
      Array(10).fill(visitor.userId),
    );
  });
});

describe('any authenticated call that carries a session', () => {
  test.each([
    'GET /referrals',
    'GET /responses',
    'GET /attribution',
    'GET /me/referral',
    'POST /session/link',
    'POST /actions',
    'POST /referrals',
    'GET /referrals/{code}',
    'GET /referrals/{code}/responses',
  ])('%s links it', async (route) => {
    const [owner, visitor] = [await signUp(outputs), await signUp(outputs)];
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    const own = await createReferral(outputs, visitor);
    const { status } = await call(outputs, route.replace('{code}', own), {
      token: visitor.token,
      headers: { cookie: `referral_session=${session}` },
      ...(route === 'POST /actions' && { body: { action: 'BOUGHT' } }),
      ...(route === 'POST /referrals' && { body: { redirectTo: '/x' } }),
    });
    expect(status).toBeLessThan(300);
    expect((await rowsOf(owner.token, code)).at(-1)?.userId).toBe(visitor.userId);
  });
});

describe('interrupted linking', () => {
  const RESPONSES = 120;
  /** One write for the session's user, and three transactions for up to 50 responses each. */
  const WRITES = 4;
  let proxy: DynamoDBProxy;

  beforeAll(async () => {
    proxy = await startDynamoDBProxy(outputs.DynamoDBEndpoint);
  });
  afterAll(() => proxy.stop());

  const cases = (['cut', 'cut-after'] as const).flatMap((fate) =>
    Array.from({ length: WRITES }, (_, write): [Fate, number] => [fate, write]),
  );

  test.each(cases)(
    '%s at write %i: repeating the call gives the same end state',
    async (fate, write) => {
      const domain = domainOn({ ...outputs, DynamoDBEndpoint: proxy.endpoint });
      const { session, referral, ids } = await sessionWithResponses(domain, RESPONSES);
      const userId = newUserId();
      let writes = 0;
      let failing = false;
      proxy.decide = (operation) => {
        if (isWrite(operation) && !failing) failing = writes++ === write;
        return failing ? fate : 'pass';
      };
      await expect(linkSession(domain, session, userId)).rejects.toMatchObject({
        code: 'unavailable',
      });
      proxy.decide = () => 'pass';
      await linkSession(domain, session, userId);
      expect(await linkSession(domain, session, userId)).toBe(0);

      expect(await Array.fromAsync(domain.store.responsesOf({ session }, 'newest'))).toEqual([]);
      expect((await partition(domain, `VISITOR#user:${userId}`)).map(({ sk }) => sk)).toEqual(
        ids.map((id) => `RESPONSE#${id}`),
      );
      expect(await countReferral(domain, referral)).toMatchObject({
        clicks: RESPONSES,
        uniqueVisitors: RESPONSES,
      });
    },
  );
});

async function sessionWithResponses(domain: Domain, count: number) {
  const { referral } = await createInDomain(domain, { userId: newUserId(), redirectTo: '/' });
  const session = newSession();
  const ids = Array.from({ length: count }, () => domain.newId(domain.now()));
  const createdAt = domain.now().toISOString();
  const { code } = referral;
  const click = {
    code,
    session,
    action: 'RESPONDED',
    kind: 'human',
    first: true,
    trusted: true,
  } as const;
  await Promise.all(
    ids.map((id) => domain.store.putResponse({ ...click, id, createdAt }, referral)),
  );
  return { session, referral, ids };
}

async function partition({ table }: Domain, pk: string) {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ConsistentRead: true,
    }),
  );
  return Items;
}
