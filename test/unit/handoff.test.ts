import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  dayOf,
  dayOfHandoff,
  isFresh,
  openHandoff,
  sealHandoff,
} from '../../functions/core/handoff.ts';

const key = randomBytes(32);
const handoff = {
  session: randomBytes(24).toString('base64url'),
  code: 'H7lMCTKv9X',
  clickedAt: Date.parse('2026-11-27T12:00:00Z'),
};
const seal = () => sealHandoff(handoff, key, randomBytes(12));

test('only the key of its day opens a handoff', () => {
  const token = seal();
  expect(dayOfHandoff(token)).toBe(dayOf(handoff.clickedAt));
  expect(openHandoff(token, key)).toEqual(handoff);
  expect(openHandoff(token, randomBytes(32))).toBeUndefined();
});

test('a handoff cannot be read or altered', () => {
  const token = seal();
  expect(token).toMatch(/^[\w-]+$/);
  expect(Buffer.from(token, 'base64url').includes(handoff.code)).toBe(false);
  const altered = Array.from(
    token,
    (character, index) =>
      `${token.slice(0, index)}${character === 'A' ? 'B' : 'A'}${token.slice(index + 1)}`,
  );
  // Some bits of the last character are not part of a byte.
  expect(altered.slice(0, -1).filter((other) => openHandoff(other, key) !== undefined)).toEqual([]);
});

test.each(['', 'x', 'x'.repeat(83), '%%%', '\u0000'])('%j is not a handoff', (token) => {
  expect(dayOfHandoff(token)).toBeUndefined();
  expect(openHandoff(token, key)).toBeUndefined();
});

test('a handoff gives its session for 30 minutes', () => {
  const after = (minutes: number) => new Date(handoff.clickedAt + minutes * 60_000);
  expect([isFresh(handoff, after(30)), isFresh(handoff, after(30.1))]).toEqual([true, false]);
});
