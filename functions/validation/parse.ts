import * as v from 'valibot';
import { ReferralsError } from '../core/errors.ts';
import { isCode } from '../core/referral.ts';
import { responseKinds } from '../core/response.ts';
import { DEFAULT_MESSAGE, isTime } from './schemas.ts';

export const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** What our own items and messages have in them. */
export const own = {
  id: v.pipe(v.string(), v.regex(ULID)),
  code: v.custom<string>(isCode),
  kind: v.picklist(responseKinds),
  createdAt: v.pipe(v.string(), v.endsWith('Z'), v.check(isTime)),
};

/**
 * Checks a value that came from outside.
 *
 * @throws ReferralsError `invalid_field` that names the first field that is wrong.
 */
export function parse<Value>(schema: v.GenericSchema<unknown, Value>, value: unknown): Value {
  const parsed = v.safeParse(schema, value, { abortEarly: true, message: DEFAULT_MESSAGE });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const field = v.getDotPath(issue) ?? 'body';
  throw new ReferralsError('invalid_field', `${field} ${issue.message}.`, { field });
}
