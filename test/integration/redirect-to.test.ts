import { describe, expect, inject, test } from 'vitest';
import { call, createReferral, signUp } from './client.ts';

const outputs = inject('outputs');

const responses = async (token: string, code: string) =>
  (await call(outputs, `GET /referrals/${code}/responses`, { token })).body.items;

describe('?redirect_to=', () => {
  test.each([
    ['/special?a=1#b', (api: string) => `${api}/special?a=1#b`],
    ['/', (api: string) => `${api}/`],
    [`${outputs.ApiUrl}/there`, (api: string) => `${api}/there`],
  ])('leads to %s', async (destination, expected) => {
    const code = await createReferral(outputs, await signUp(outputs));
    const path = `/r/${code}?redirect_to=${encodeURIComponent(destination)}`;
    const { headers } = await call(outputs, `GET ${path}`);
    expect(headers.get('location')).toBe(expected(outputs.ApiUrl));
  });

  test.each([
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https:evil.example',
    'https:/evil.example',
    'https:\\\\evil.example',
    'https://evil.example',
    'HtTpS://evil.example',
    '\t//evil.example',
    '/\t/evil.example',
    ' //evil.example',
    `${outputs.ApiUrl}@evil.example`,
    outputs.ApiUrl.replace('//', '//user:password@'),
    `${outputs.ApiUrl}.evil.example`,
    '/..//evil.example',
    '/a/../%2e%2e//evil.example',
    '/%2Fevil.example',
    '/%5Cevil.example',
    '%2F%2Fevil.example',
    '/ok\r\nSet-Cookie: a=b',
    'http://lοcalhost/',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'evil.example',
    '',
  ])('ignores %j', async (destination) => {
    const user = await signUp(outputs);
    const code = await createReferral(outputs, user);
    const path = `/r/${code}?redirect_to=${encodeURIComponent(destination)}`;
    const { status, headers } = await call(outputs, `GET ${path}`);
    expect([status, headers.get('location')]).toEqual([302, `${outputs.ApiUrl}/welcome`]);
    expect(await responses(user.token, code)).toHaveLength(1);
  });
});
