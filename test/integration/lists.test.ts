import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { countReferral } from '../../functions/core/counting.ts';
import { createReferral as createInDomain } from '../../functions/core/create-referral.ts';
import type { Referral } from '../../functions/core/referral.ts';
import type { Response } from '../../functions/core/response.ts';
import { startDynamoDBProxy } from '../dynamodb-proxy/proxy.ts';
import { allPages, call, click, createReferral, signUp } from './client.ts';
import { type Domain, domainOn, newClick, newUserId } from './domain.ts';
import { TIME } from './time.ts';

const outputs = inject('outputs');
/** Gives a referral as many buckets as a viral one has. */
async function withBuckets({ table }: Domain, referral: Referral, buckets: number) {
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: { pk: `REFERRAL#${referral.code}`, sk: 'REFERRAL' },
      UpdateExpression: 'SET buckets = :buckets',
      ExpressionAttributeValues: { ':buckets': buckets },
    }),
  );
  return { ...referral, buckets };
}

/** Stores a response by a new visitor. Returns its id. */
async function recordResponse(domain: Domain, referral: Referral, at: Date): Promise<string> {
  const response = newClick(domain, referral.code, at);
  await domain.store.putResponse(response, referral);
  return response.id;
}

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
      expect(await allPages(outputs, '/referrals', user.token, limit)).toEqual(
        whole.body.items.map((item: Counted) => ({ ...item, countedUntil: TIME })),
      );
    }
  });
});

interface Counted {
  code: string;
  clicks: number;
}

describe('GET /referrals/{code}/responses', () => {
  test('lists the responses of a referral, newest first, page by page', async () => {
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
      trusted: true,
      via: 'link',
      userId: null,
      target: null,
      httpReferer: null,
      campaign: null,
      createdAt: TIME,
    };
    const bought = {
      ...clicked,
      action: 'BOUGHT',
      actionDisplay: 'BOUGHT',
      first: false,
      trusted: false,
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
    const hot = await withBuckets(domain, referral, 8);
    const ids: string[] = [];
    for (let n = 0; n < 40; n++) ids.push(await recordResponse(domain, hot, domain.now()));
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await domain.store.listResponses([hot], { limit: 7, cursor });
      seen.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(ids.toReversed());
    // A function that remembers it with fewer buckets counts the same.
    expect(await countReferral(domain, referral)).toMatchObject({
      clicks: 40,
      uniqueVisitors: 40,
    });
  });
});

describe('GET /responses', () => {
  test('lists only the responses of my referrals, newest first, page by page', async () => {
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

  test('merges many quiet links and a viral one, without a gap and without duplicates', async () => {
    const domain = domainOn(outputs);
    const user = await signUp(outputs);
    const newLink = async () => {
      const link = { userId: user.userId, redirectTo: `/${newUserId()}` };
      return (await createInDomain(domain, link)).referral;
    };
    const quiet = await pMap(Array(40).fill(undefined), newLink, { concurrency: 16 });
    const viral = await withBuckets(domain, await newLink(), 16);
    const responses = (count: number, referral: Referral, minuteOf: (n: number) => number) =>
      Array.from({ length: count }, (_, n) => {
        const at = new Date(Date.parse('2026-03-01T00:00:00Z') + minuteOf(n) * 60_000);
        return { referral, at };
      });
    const all = [
      ...quiet.flatMap((referral, n) => responses(n % 4, referral, (k) => 7 * n + 100 * k)),
      ...responses(200, viral, (n) => 2 * n),
      // The newest pages belong to one quiet link alone.
      ...responses(30, quiet[5] as Referral, (n) => 1_000 + n),
    ];
    const record = ({ referral, at }: (typeof all)[number]) => recordResponse(domain, referral, at);
    const ids = await pMap(all, record, { concurrency: 16 });
    const expected = ids.toSorted().toReversed();
    for (const limit of [7, 100]) {
      const listed: Response[] = await allPages(outputs, '/responses', user.token, limit);
      expect(listed.map(({ id }) => id)).toEqual(expected);
    }
  });

  test('reads little more than the page, however many responses there are', async () => {
    const domain = domainOn(outputs);
    const { referral } = await createInDomain(domain, { userId: newUserId(), redirectTo: '/' });
    const viral = await withBuckets(domain, referral, 16);
    const times = Array.from({ length: 400 }, () => domain.now());
    await pMap(times, (at) => recordResponse(domain, viral, at), { concurrency: 16 });
    const proxy = await startDynamoDBProxy(outputs.DynamoDBEndpoint);
    onTestFinished(proxy.stop);
    const { store } = domainOn({ ...outputs, DynamoDBEndpoint: proxy.endpoint });
    let read = 0;
    proxy.reshape = (_operation, _input, output) => {
      read += output.Items.length;
      return output;
    };
    const { items } = await store.listResponses([viral], { limit: 20 });
    expect(items).toHaveLength(20);
    expect(proxy.operations.length).toBeLessThanOrEqual(16 + 10);
    expect(read).toBeLessThanOrEqual(5 * 16 + 2 * 21);
  });

  test('is a 409 for links that are too busy to be asked in time, and each of them can be listed', async () => {
    const domain = domainOn(outputs);
    const user = await signUp(outputs);
    const codes: string[] = [];
    for (let n = 0; n < 8; n++) {
      const link = { userId: user.userId, redirectTo: `/${n}` };
      const { referral } = await createInDomain(domain, link);
      codes.push((await withBuckets(domain, referral, 256)).code);
    }
    await click(outputs, codes[0] ?? '');
    const { token } = user;
    const together = await call(outputs, 'GET /responses', { token });
    expect([together.status, together.body]).toEqual([
      409,
      {
        type: 'about:blank',
        title: 'Conflict',
        status: 409,
        code: 'too_many_referrals',
        detail:
          'There are too many links, or too busy ones, to list their responses together. List those of each link.',
      },
    ]);
    const one = await call(outputs, `GET /referrals/${codes[0]}/responses`, { token });
    expect([one.status, one.body.items.length, one.body.nextCursor]).toEqual([200, 1, null]);
  });

  test('is empty for a user without referrals', async () => {
    const { body } = await call(outputs, 'GET /responses', {
      token: (await signUp(outputs)).token,
    });
    expect(body).toEqual({ items: [], nextCursor: null });
  });
});
