import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { describe, expect, inject, test } from 'vitest';
import { BROWSER, call, createReferral, sessionIn, signUp } from './client.ts';

const outputs = inject('outputs');

/** Creates a link. Returns its code and a function that reads its recorded clicks. */
async function aLink() {
  const { token, ...user } = await signUp(outputs);
  const code = await createReferral(outputs, { token, ...user });
  const kinds = async () => {
    const { body } = await call(outputs, `GET /referrals/${code}/responses`, { token });
    return body.items.map(({ kind }: { kind: string }) => kind);
  };
  return { code, kinds };
}

describe('a click counts as human only if a person’s browser navigates', () => {
  test('no user agent: not human, no session', async () => {
    const { code, kinds } = await aLink();
    // fetch() would send one.
    const [answer]: IncomingMessage[] = await once(get(`${outputs.ApiUrl}/r/${code}`), 'response');
    answer?.resume();
    expect([answer?.statusCode, answer?.headers['set-cookie']]).toEqual([302, undefined]);
    expect(await kinds()).toEqual(['bot']);
  });

  test.each([
    ['<img src> of a link', { 'sec-fetch-dest': 'image' }, 'bot'],
    ['<script> of a link', { 'sec-fetch-dest': 'script' }, 'bot'],
    ['fetch() of a link', { 'sec-fetch-dest': 'empty' }, 'bot'],
    ['<iframe> of a link', { 'sec-fetch-dest': 'iframe' }, 'bot'],
    ['an office program', { 'user-agent': 'Microsoft Office/16.0 (Windows NT 10.0)' }, 'bot'],
    ['CFNetwork without a browser', { 'user-agent': 'MyApp/1 CFNetwork/1490.0.4' }, 'bot'],
    ['Dalvik', { 'user-agent': 'Dalvik/2.1.0 (Linux; U; Android 13)' }, 'bot'],
    ['PowerShell', { 'user-agent': 'Mozilla/5.0 (Windows NT) WindowsPowerShell/5.1' }, 'bot'],
    ['a mail scanner', { 'user-agent': `${BROWSER} Barracuda Sentinel (EE)` }, 'bot'],
    ['an empty user agent', { 'user-agent': '' }, 'bot'],
    ['Sec-Purpose: prefetch', { 'sec-purpose': 'prefetch', 'sec-fetch-dest': 'empty' }, 'prefetch'],
    ['Purpose: preview', { purpose: 'preview' }, 'prefetch'],
    ['X-Purpose: preview', { 'x-purpose': 'preview' }, 'prefetch'],
    ['X-Moz: prefetch', { 'x-moz': 'prefetch' }, 'prefetch'],
  ])('%s: not human, no session, not kept by caches', async (_, headers, kind) => {
    const { code, kinds } = await aLink();
    const answer = await call(outputs, `GET /r/${code}`, { headers });
    expect([answer.status, answer.headers.get('cache-control'), sessionIn(answer)]).toEqual([
      302,
      'no-store',
      '',
    ]);
    expect(await kinds()).toEqual([kind]);
  });

  test.each([
    ['a browser that navigates', { 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate' }],
    ['a browser without Sec-Fetch-Dest', {}],
    ['Amazon CloudFront as the user agent', { 'user-agent': 'Amazon CloudFront' }],
  ])('%s: human', async (_, headers: Record<string, string>) => {
    const { code, kinds } = await aLink();
    const answer = await call(outputs, `GET /r/${code}`, { headers });
    expect(sessionIn(answer)).not.toBe('');
    expect(await kinds()).toEqual(['human']);
  });
});
