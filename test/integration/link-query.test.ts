import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, inject, test } from 'vitest';
import { call, click, createReferral, sessionIn, signUp } from './client.ts';
import { domainOn } from './domain.ts';

const outputs = inject('outputs');
const api = outputs.ApiUrl;

const aLink = async (redirectTo = '/welcome') => {
  const user = await signUp(outputs);
  return { user, code: await createReferral(outputs, user, { redirectTo }) };
};

const follow = async (code: string, query: string) =>
  (await call(outputs, `GET /r/${code}?${query}`)).headers.get('location');

describe('the query of a link', () => {
  test('?utm_source=…, click ids and other parameters are passed on as they were written', async () => {
    const { code } = await aLink('/welcome?a=1#top');
    const query = 'utm_source=news&gclid=X-1_y~&sig=a/b%2fc%2B+d&flag&list[]=1&list[]=2';
    expect(await follow(code, query)).toBe(`${api}/welcome?a=1&${query}#top`);
  });

  test('the destination’s own parameters win', async () => {
    const { code } = await aLink('/welcome?plan=pro&%75tm_source=own');
    expect(await follow(code, 'pl%61n=free&utm_source=news&x=1')).toBe(
      `${api}/welcome?plan=pro&%75tm_source=own&x=1`,
    );
    expect(await follow(code, 'redirect_to=/other%3Fx%3D2&x=1&y=3')).toBe(`${api}/other?x=2&y=3`);
  });

  test('parameters that only the service may set are never passed on, in any spelling', async () => {
    const { code } = await aLink('/welcome?referral_session=S');
    const query =
      'referral_session=S&referral%5Fhandoff=T&referral%5fsession&Referral_Session=S&x=1';
    expect(await follow(code, query)).toBe(`${api}/welcome?x=1`);
    const hidden = encodeURIComponent('/?referral%5Fsession=S&a=1');
    expect(await follow(code, `redirect_to=${hidden}`)).toBe(`${api}/?a=1`);
  });

  test('the first of two redirect_to parameters counts', async () => {
    const { code } = await aLink();
    expect(await follow(code, 'redirect_to=/a&redirect_to=/b')).toBe(`${api}/a`);
    expect(await follow(code, 'redirect_to=/a,b')).toBe(`${api}/a,b`);
    expect(await follow(code, 'redirect_to=&redirect_to=/b')).toBe(`${api}/welcome`);
  });

  test('a space in redirect_to is percent-encoded', async () => {
    const { code } = await aLink();
    expect(await follow(code, 'redirect_to=/a%20b?c=d+e')).toBe(`${api}/a%20b?c=d%20e`);
  });

  test('a malformed or too long query loses no click', async () => {
    const { user, code } = await aLink();
    expect(await follow(code, '%&=&%ff&redirect_to=%E0%A4%A')).toBe(`${api}/welcome?%&=&%ff`);
    expect(await follow(code, `x=${'y'.repeat(8000)}`)).toBe(`${api}/welcome`);
    const { body } = await call(outputs, `GET /referrals/${code}`, { token: user.token });
    expect(body.clicks).toBe(2);
  });

  test('an expired link passes its parameters on to the default destination', async () => {
    const { user } = await aLink();
    const expiresAt = new Date(Date.now() + 1000).toISOString();
    const code = await createReferral(outputs, user, { redirectTo: '/x', expiresAt });
    await expect
      .poll(() => follow(code, 'utm_source=a'), { timeout: 10_000 })
      .toBe(`${outputs.DefaultRedirectTo}?utm_source=a`);
  });
});

describe('the campaign of a click', () => {
  const UTM =
    'utm_source=news%20letter&utm_medium=mail&utm_campaign=spring&utm_term=a+b&utm_content=top';
  const campaign = {
    source: 'news letter',
    medium: 'mail',
    campaign: 'spring',
    term: 'a b',
    content: 'top',
  };

  test('utm_* parameters are kept with the click for the owner of its link, even after sign-up', async () => {
    const { user, code } = await aLink();
    const session = sessionIn(await call(outputs, `GET /r/${code}?${UTM}&utm_id=7`));
    const shown = async () => {
      const path = `GET /referrals/${code}/responses`;
      return (await call(outputs, path, { token: user.token })).body.items;
    };
    expect(await shown()).toEqual([expect.objectContaining({ campaign })]);
    await signUp(outputs, session);
    expect(await shown()).toEqual([
      expect.objectContaining({ action: 'SIGNED_UP', campaign: null }),
      expect.objectContaining({ action: 'RESPONDED', campaign }),
    ]);
  });

  test('visitors do not see the campaign, and a click without utm_* parameters has none', async () => {
    const { user, code } = await aLink();
    const { session } = await click(outputs, code);
    const acted = await call(outputs, 'POST /actions', { session, body: { action: 'READ' } });
    expect(acted.body.response).not.toHaveProperty('campaign');
    const { body } = await call(outputs, 'GET /responses', { token: user.token });
    expect(body.items.map((item: { campaign: unknown }) => item.campaign)).toEqual([null, null]);
  });

  test('each value has at most 100 characters', async () => {
    const { code } = await aLink();
    const values = ['source', 'medium', 'campaign', 'term', 'content'].map(
      (name) => `utm_${name}=${'x'.repeat(300)}`,
    );
    const session = sessionIn(await call(outputs, `GET /r/${code}?${values.join('&')}`));
    const { table } = domainOn(outputs);
    const { Items: [item] = [] } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': `VISITOR#${session}` },
      }),
    );
    expect(Object.values(item?.campaign)).toEqual(Array(5).fill('x'.repeat(100)));
  });
});
