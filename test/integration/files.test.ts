import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, inject, test } from 'vitest';

const { ApiUrl } = inject('outputs');

describe.each([
  ['/referrals.js', 'text/javascript; charset=utf-8'],
  ['/openapi.json', 'application/json'],
])('GET %s', (path, type) => {
  test('answers the file, which every page may load and every cache may keep for an hour', async () => {
    const { status, headers } = await fetch(`${ApiUrl}${path}`);
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': type,
      'content-encoding': 'gzip',
      'cache-control': 'public, max-age=3600',
      etag: expect.stringMatching(/^W\/"[\w-]{43}"$/),
      vary: expect.stringContaining('accept-encoding'),
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    });
  });

  test('answers the same whether or not it is compressed', async () => {
    const texts = ['gzip', 'identity'].map(async (encoding) => {
      const answer = await fetch(`${ApiUrl}${path}`, { headers: { 'accept-encoding': encoding } });
      expect(answer.headers.get('content-encoding')).toBe(encoding === 'gzip' ? 'gzip' : null);
      return answer.text();
    });
    const [compressed, plain] = await Promise.all(texts);
    expect(compressed).toBe(plain);
  });

  test('is 304 without a body for whoever has it', async () => {
    const etag = (await fetch(`${ApiUrl}${path}`)).headers.get('etag') ?? '';
    const headers = { 'if-none-match': `"other", ${etag}` };
    const again = await fetch(`${ApiUrl}${path}`, { headers });
    expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
  });
});

test('GET /openapi.json answers docs/openapi.json', async () => {
  const answer = await fetch(`${ApiUrl}/openapi.json`);
  expect(await answer.text()).toBe(await readFile('docs/openapi.json', 'utf8'));
});

test('GET /referrals.js has at most 1.5 KB, compressed', async () => {
  const answer = await fetch(`${ApiUrl}/referrals.js`);
  expect(gzipSync(await answer.text()).length).toBeLessThanOrEqual(1.5 * 1024);
});
