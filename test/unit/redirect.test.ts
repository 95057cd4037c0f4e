import { describe, expect, test } from 'vitest';
import { resolveRedirect } from '../../functions/core/redirect.ts';

const allowed = {
  appUrl: 'https://app.example.com',
  redirectOrigins: ['https://app.example.com', 'https://shop.example.com:8443'],
};

describe('resolveRedirect', () => {
  test.each([
    ['/', 'https://app.example.com/'],
    ['/a/b?c=d&e=%2Ff#g', 'https://app.example.com/a/b?c=d&e=%2Ff#g'],
    ['/?next=https://evil.example', 'https://app.example.com/?next=https://evil.example'],
    ['/a//b', 'https://app.example.com/a//b'],
    ['/a b?c=d e', 'https://app.example.com/a%20b?c=d%20e'],
    ['/a/../b', 'https://app.example.com/b'],
    ['/ünï', 'https://app.example.com/%C3%BCn%C3%AF'],
    ['https://app.example.com', 'https://app.example.com/'],
    ['HTTPS://APP.example.COM/x', 'https://app.example.com/x'],
    ['https://app.example.com:443/x', 'https://app.example.com/x'],
    ['https://shop.example.com:8443/x', 'https://shop.example.com:8443/x'],
  ])('leads from %j to %j', (destination, expected) => {
    expect(resolveRedirect(destination, allowed)).toBe(expected);
  });

  test.each([
    '',
    'a',
    'a/b',
    '?a',
    '#a',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\/evil.example',
    '\\\\evil.example',
    '/..//evil.example',
    '/../..//evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    '/%2e%2e//evil.example',
    '/.%2e/%2fevil.example',
    '/../%5cevil.example',
    'https://app.example.com//evil.example',
    'https://app.example.com/..//evil.example',
    '/ /../..//evil.example',
    '/%2fevil.example',
    '/%2F%2Fevil.example',
    '/%5cevil.example',
    '%2f%2fevil.example',
    'https:evil.example',
    'https:/evil.example',
    'https:///evil.example',
    'https:app.example.com',
    'https:\\\\app.example.com',
    'https://evil.example',
    'hTTps://evil.example',
    'http://app.example.com',
    'https://shop.example.com',
    'https://app.example.com.',
    'https://app.example.com:444',
    'https://app.example.com.evil.example',
    'https://evil.example?app.example.com',
    'https://evil.example#app.example.com',
    'https://app.example.com@evil.example',
    'https://app.example.com%2eevil.example',
    'https://user@app.example.com',
    'https://user:password@app.example.com',
    'https://[app.example.com]',
    'https://аpp.example.com',
    'https://app。example。com.evil.example',
    ' https://app.example.com',
    '\thttps://app.example.com',
    'https://app.example.com\r\n',
    '/a\r\nSet-Cookie: b=c',
    '/\u0000',
    '/\t/evil.example',
    '\u00a0//evil.example',
    '/\u2028',
    'javascript:alert(1)',
    'JavaScript://app.example.com/%0aalert(1)',
    'data:text/html,x',
    'ftp://app.example.com',
    `/${'x'.repeat(2048)}`,
    // Short as written, but too long in percent-encoding.
    `/${'界'.repeat(300)}`,
    'blob:https://app.example.com/x',
  ])('refuses %j', (destination) => {
    expect(resolveRedirect(destination, allowed)).toBeUndefined();
  });
});
