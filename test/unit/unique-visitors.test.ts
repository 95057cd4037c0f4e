import { encodeTime } from 'ulid';
import { expect, test } from 'vitest';
import { countResponses, newCount } from '../../functions/core/count-responses.ts';
import type { CountedResponse } from '../../functions/core/counts.ts';
import { fingerprintOf } from '../../functions/core/fingerprint.ts';
import { QUARTER } from '../../functions/core/hours.ts';

const key = new Uint8Array(32);

/** A click in a quarter, by its number since 1970. */
const click = (clientIp: string, userAgent: string, quarter: number): CountedResponse => ({
  id: `${encodeTime(quarter * QUARTER, 10)}0000000000000000`,
  action: 'RESPONDED',
  kind: 'human',
  first: true,
  trusted: true,
  ...fingerprintOf(clientIp, userAgent, key),
});

/** Visitors of each quarter, as `<unique> + <suspicious>`. */
function counted(clicks: readonly CountedResponse[]): Record<number, string> {
  const count = newCount();
  countResponses(count, clicks);
  return Object.fromEntries(
    [...count.quarters]
      .filter(([, { uniqueVisitors, suspicious }]) => uniqueVisitors + suspicious > 0)
      .map(([quarter, { uniqueVisitors, suspicious }]) => [
        quarter / QUARTER,
        `${uniqueVisitors} + ${suspicious}`,
      ]),
  );
}

test('a visitor counts once an hour, in the quarter of their first click', () => {
  const clicks = [1, 2, 3, 4, 5, 7].map((quarter) => click('192.0.2.1', 'Firefox', quarter));
  expect(counted(clicks)).toEqual({ 1: '1 + 0', 4: '1 + 0' });
});

test('the first 20 browsers of an IP in an hour are unique visitors, the others are suspicious', () => {
  const crowd = (from: number, to: number, quarter: number) =>
    Array.from({ length: to - from }, (_, n) => click('192.0.2.1', `Firefox ${from + n}`, quarter));
  const clicks = [...crowd(0, 15, 0), ...crowd(10, 25, 1), click('192.0.2.2', 'Firefox 1', 1)];
  expect(counted(clicks)).toEqual({ 0: '15 + 0', 1: '6 + 5' });
  expect(counted(crowd(15, 25, 4))).toEqual({ 4: '10 + 0' });
});

test.each([
  ['192.0.2.1', '::ffff:192.0.2.1', true],
  ['2001:db8:1:2::3', '2001:0DB8:1:2:ffff::4', true],
  ['192.0.2.1', '192.0.2.2', false],
  ['2001:db8:1:2::3', '2001:db8:1:3::3', false],
])('%s and %s are the same client: %s', (one, other, same) => {
  const [a, b] = [fingerprintOf(one, 'Firefox', key), fingerprintOf(other, 'Firefox', key)];
  expect([a.ipHash === b.ipHash, a.fingerprint === b.fingerprint]).toEqual([same, same]);
});

test('a fingerprint is of the user agent too, and of the day', () => {
  const { fingerprint, ipHash } = fingerprintOf('192.0.2.1', 'Firefox', key);
  expect(fingerprint).toMatch(/^[\w-]{8}$/);
  const other = fingerprintOf('192.0.2.1', undefined, key);
  expect([other.ipHash === ipHash, other.fingerprint === fingerprint]).toEqual([true, false]);
  expect(other.fingerprint).not.toBe(ipHash);
  const tomorrow = fingerprintOf('192.0.2.1', 'Firefox', new Uint8Array(32).fill(1));
  expect([tomorrow.ipHash === ipHash, tomorrow.fingerprint === fingerprint]).toEqual([
    false,
    false,
  ]);
});
