import { expect, test } from 'vitest';
import { codeInPath } from '../../functions/core/referral.ts';

test.each([
  '',
  '/',
  '.',
  ',',
  ')',
  ').',
  '!',
  '?',
  '"',
  "'",
  '”',
  '>',
  ';',
  ':',
  ']',
  '…',
  ' ',
  '\u200b',
  '\u00a0',
  '。',
  'です',
  '*',
  '|',
  '\\',
  '%20',
  '%E2%80',
  '%2E',
  '/)',
  ')./',
  '👍',
  '\n',
  '\0',
])('cuts off %j', (ending) => {
  expect(codeInPath(`H7lMCTKv9X${ending}`)).toBe('H7lMCTKv9X');
});

test.each([
  '',
  '.',
  '/',
  'a/b',
  'a//',
  'a.b',
  'a b',
  'a%2',
  'x'.repeat(65),
  `a${'.'.repeat(9000)}b`,
])('finds no code in %j', (path) => {
  expect(codeInPath(path)).toBeUndefined();
});
