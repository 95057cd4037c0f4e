import * as v from 'valibot';
import { type ErrorCode, ReferralsError } from '../core/errors.ts';
import { DEFAULT_MESSAGE } from './objects.ts';

/**
 * Checks a value from outside.
 *
 * @param codeOf returns the error code for a wrong field; `invalid_field` by default.
 * @throws ReferralsError that names the first wrong field.
 */
export function parse<Value>(
  schema: v.GenericSchema<unknown, Value>,
  value: unknown,
  codeOf: (field: string) => ErrorCode = () => 'invalid_field',
): Value {
  const parsed = v.safeParse(schema, value, { abortEarly: true, message: DEFAULT_MESSAGE });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const field = v.getDotPath(issue) ?? 'body';
  throw new ReferralsError(codeOf(field), `${field} ${issue.message}.`, { field });
}
