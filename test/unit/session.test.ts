import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { isGenuine, isSession, signSession } from '../../functions/core/session.ts';

const key = randomBytes(32);

test('a session has 32 characters and is genuine only in its own deployment', () => {
  const session = signSession(randomBytes(16), key);
  expect([session.length, isSession(session)]).toEqual([32, true]);
  expect([isGenuine(session, key), isGenuine(session, randomBytes(32))]).toEqual([true, false]);
});

test.each([
  ['made up', randomBytes(24).toString('base64url')],
  ['too short', 'x'.repeat(31)],
  ['too long', 'x'.repeat(33)],
  ['empty', ''],
  ['with other characters', '='.repeat(32)],
])('a session that is %s is not genuine', (_, session) => {
  expect(isGenuine(session, key)).toBe(false);
});

test('a session is not genuine if any of its characters is changed', () => {
  const session = signSession(randomBytes(16), key);
  const altered = Array.from(
    session,
    (character, index) =>
      `${session.slice(0, index)}${character === 'A' ? 'B' : 'A'}${session.slice(index + 1)}`,
  );
  expect(altered.filter((other) => isGenuine(other, key))).toEqual([]);
});
