import { describe, expect, test } from 'vitest';
import { readLinkQuery, withParameters } from '../../functions/http/link-query.ts';

const read = (query: string) => readLinkQuery(query, 'redirect_to');

describe('readLinkQuery', () => {
  test('takes the first destination, decoded', () => {
    expect(read('redirect_to=/a&redirect_to=/b').redirectTo).toBe('/a');
    expect(read('redirect%5Fto=%2Fa+b%20c').redirectTo).toBe('/a b c');
    expect(read('redirect_to&redirect_to=/b').redirectTo).toBe('');
    expect(read('').redirectTo).toBeUndefined();
  });

  test('leaves all other parameters as they were written', () => {
    const { others } = read('a=1&&b=%2f+x~&redirect_to=/x&flag&redirect%5fto=/y&a=2');
    expect(others).toEqual(['a=1', 'b=%2f+x~', 'flag', 'a=2']);
  });

  test('shortens long campaign values, and leaves out empty ones', () => {
    const { campaign } = read(
      `utm_source=news%0A+letter&utm_source=x&utm_medium=${'m'.repeat(500)}&utm_term=&utm_content=%20&utm_id=7`,
    );
    expect(campaign).toEqual({ source: 'news letter', medium: 'm'.repeat(100) });
    expect(read('utm_id=7').campaign).toBeUndefined();
  });

  test('tolerates malformed queries', () => {
    const { campaign, redirectTo } = read('=&%&%ff=%ff&utm_source=%ff%&redirect_to=%');
    expect([campaign, redirectTo]).toEqual([{ source: '\ufffd%' }, '%']);
  });
});

describe('withParameters', () => {
  test.each([
    ['https://a.example/', ['b=1'], 'https://a.example/?b=1'],
    ['https://a.example/?a=1#c', ['b=%2f+x~'], 'https://a.example/?a=1&b=%2f+x~#c'],
    ['https://a.example/?a=1', ['%61=2', 'A=3'], 'https://a.example/?a=1&A=3'],
    ['https://a.example/', ['a=1', 'a=2'], 'https://a.example/?a=1&a=2'],
    ['https://a.example/?x&&y=%2f', [], 'https://a.example/?x&&y=%2f'],
    ['https://a.example/', ['a=\r\nb', 'c=d#e'], 'https://a.example/?a=b&c=d%23e'],
    [
      'https://a.example/?referral%5Fsession=S&x',
      ['referral_handoff=T', 'Referral_Session=U', '?referral_session=V', 'referral%5fhandoff'],
      'https://a.example/?x',
    ],
    ['https://a.example/?a=1', [`b=${'x'.repeat(9000)}`, 'c=1'], 'https://a.example/?a=1'],
  ])('adds to %s', (location, parameters, expected) => {
    expect(withParameters(location, parameters)).toBe(expected);
  });

  test('adds our own parameter last, even if the others are too long', () => {
    const own = 'referral_session=S';
    expect(withParameters('https://a.example/?a', ['b'], own)).toBe(
      'https://a.example/?a&b&referral_session=S',
    );
    expect(withParameters('https://a.example/', [`b=${'x'.repeat(9000)}`], own)).toBe(
      'https://a.example/?referral_session=S',
    );
  });
});
