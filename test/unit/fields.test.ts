import * as v from 'valibot';
import { expect, test } from 'vitest';
import { everyone, fieldOf, schemaOf, show } from '../../functions/http/fields.ts';
import { readSettings } from '../../functions/setup/settings.ts';

const settings = readSettings({
  TABLE_NAME: 'referrals',
  API_URL: 'https://api.example.com',
  APP_URL: 'https://app.example.com',
});

const field = fieldOf<{ code: string; note: string }>();
const fields = {
  code: field(everyone, v.string(), ({ code }) => code),
  url: field(everyone, v.string(), ({ code }, { apiUrl }) => `${apiUrl}/r/${code}`),
  note: field(['owner', 'operator'], v.string(), ({ note }) => note),
};
const referral = { code: 'abc', note: 'for Grace' };

test('a reader gets only the fields that they may see', () => {
  const forVisitor = { code: 'abc', url: 'https://api.example.com/r/abc' };
  expect(show(fields, 'visitor', referral, settings)).toEqual(forVisitor);
  expect(show(fields, 'owner', referral, settings)).toEqual({ ...forVisitor, note: 'for Grace' });
});

test('the schema of an answer accepts only the fields that its reader may see', () => {
  const shown = show(fields, 'owner', referral, settings);
  expect(v.is(schemaOf(fields, 'owner'), shown)).toBe(true);
  expect(v.is(schemaOf(fields, 'visitor'), shown)).toBe(false);
});
