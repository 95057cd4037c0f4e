import { createHash } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import { call, createReferral, signUp } from './client.ts';

const outputs = inject('outputs');

const NAVIGATION = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'sec-fetch-dest': 'document',
};

describe('a link with characters that a messenger or a sentence appends', () => {
  test('leads to its destination', async () => {
    const user = await signUp(outputs);
    const code = await createReferral(outputs, user);
    const endings = [
      ...['.', ',', ')', ').', '!', '%3F', '"', "'", '%E2%80%9D', '>', ';', ':', ']', '%E2%80%A6'],
      ...['%E2%80%8B', '%20', '%2520', '%C2%A0', '%E3%80%82', '%0A', '/)', '**'],
    ];
    for (const ending of endings) {
      const { status, headers } = await call(outputs, `GET /r/${code}${ending}`);
      expect([ending, status, headers.get('location')]).toEqual([
        ending,
        302,
        `${outputs.ApiUrl}/welcome`,
      ]);
    }
    const { body } = await call(outputs, `GET /referrals/${code}`, { token: user.token });
    expect(body.clicks).toBe(endings.length);
  });
});

describe('a mistyped code', () => {
  const TYPED = '/r/%3Cscript%3Ealert(1)%3C%2Fscript%3E?x=%3Cb%3E';

  test('answers a browser that navigates with a page that leads to the app, and status 404', async () => {
    for (const accepting of [NAVIGATION, { accept: NAVIGATION.accept }]) {
      const { status, headers, body } = await call(outputs, `GET ${TYPED}`, { headers: accepting });
      expect([status, headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
      expect(body).toContain(`<a href="${outputs.DefaultRedirectTo}">`);
      expect(body).toContain('<meta name="viewport" content="width=device-width">');
      expect(body).toContain('color-scheme:light dark');
      // The page has no part of the request.
      expect(body).not.toMatch(/script|alert|<b>/);
      expect(headers.get('set-cookie')).toBeNull();
    }
  });

  test('allows its page nothing but its own style', async () => {
    const { headers, body } = await call(outputs, 'GET /r/nothing-here', { headers: NAVIGATION });
    const [, style = ''] = /<style>(.*)<\/style>/s.exec(body) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-robots-tag')).toBe('noindex');
    expect(body).not.toMatch(/src=|url\(|@import|<script|style=/);
  });

  test.each([
    ['a program', {}],
    ['a program that asks for JSON', { accept: 'application/json' }],
    ['an image of a page', { ...NAVIGATION, 'sec-fetch-dest': 'image' }],
    ['fetch()', { ...NAVIGATION, 'sec-fetch-dest': 'empty' }],
  ])('answers %s with the problem document', async (_, headers) => {
    const answer = await call(outputs, 'GET /r/nothing-here', { headers });
    expect([
      answer.status,
      answer.headers.get('content-type'),
      answer.headers.get('x-content-type-options'),
      answer.body.code,
    ]).toEqual([404, 'application/problem+json', 'nosniff', 'unknown_code']);
  });
});
