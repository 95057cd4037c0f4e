import { describe, expect, test } from 'vitest';
import { keptIp } from '../../functions/core/ip.ts';

describe('keptIp', () => {
  test.each([
    ['198.51.100.23', '198.51.100.0'],
    ['255.255.255.255', '255.255.255.0'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::'],
    ['2001:DB8:0001:ffff::1', '2001:db8:1::'],
    ['2001:db8::1', '2001:db8::'],
    ['2001:0:0:1::', '2001::'],
    ['::1', '::'],
    ['::', '::'],
    ['1::', '1::'],
    ['::2:3:4:5:6:7:8', '0:2:3::'],
    ['::ffff:198.51.100.23', '198.51.100.0'],
    ['::FFFF:198.51.100.23', '198.51.100.0'],
    // An address in hexadecimal has no part that can be kept.
    ['::ffff:c633:6417', '::'],
    ['64:ff9b::198.51.100.23', '64:ff9b::'],
    ['fe80::1%eth0', 'fe80::'],
  ])('truncates %s to %s', (address, network) => {
    expect(keptIp(address, 'truncated')).toBe(network);
  });

  test('keeps nothing of a text that is not an address', () => {
    for (const text of ['', 'unknown', '198.51.100.23:443', '[::1]', 'fe80::1%']) {
      expect(keptIp(text, 'truncated')).toBeUndefined();
    }
  });

  test('keeps nothing or everything, depending on the setting', () => {
    expect(keptIp('198.51.100.23', 'none')).toBeUndefined();
    expect(keptIp('198.51.100.23', 'full')).toBe('198.51.100.23');
  });
});
