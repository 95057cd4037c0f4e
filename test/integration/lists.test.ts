import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, inject, test } from 'vitest';
import { countReferral } from '../../functions/core/counting.ts';
import { createReferral as createInDomain } from '../../functions/core/create-referral.ts';
import { allPages, call, click, createReferral, signUp } from './client.ts';
import { domainOn, newUserId } from './domain.ts';

const outputs = inject('outputs');
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

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
    const hot = { ...referral, buckets: 8 };
    await domain.table.client.send(
      new UpdateCommand({
        TableName: domain.table.name,
        Key: { pk: `REFERRAL#${hot.code}`, sk: 'REFERRAL' },
        UpdateExpression: 'SET buckets = :buckets',
        ExpressionAttributeValues: { ':buckets': hot.buckets },
      }),
    );
    const ids = Array.from({ length: 40 }, () => domain.newId(domain.now()));
    for (const id of ids) {
      const createdAt = domain.now().toISOString();
      await domain.store.putResponse(
        {
          id,
          code: hot.code,
          action: 'RESPONDED',
          kind: 'human',
          first: true,
          trusted: true,
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

  test('is empty for a user without referrals', async () => {
    const { body } = await call(outputs, 'GET /responses', {
      token: (await signUp(outputs)).token,
    });
    expect(body).toEqual({ items: [], nextCursor: null });
  });
});
