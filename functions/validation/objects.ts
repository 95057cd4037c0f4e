import * as v from 'valibot';

/** The message of a rule that has none of its own: valibot's would repeat the value, which must not be logged. */
export const DEFAULT_MESSAGE = 'Invalid input';

/** Whether it is an object of JSON; valibot takes an array for one, too. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object with these fields and no others; the message is for a value that is no object. */
export const strictObject = <const Fields extends v.ObjectEntries>(
  fields: Fields,
  message = 'must be an object',
) =>
  v.pipe(
    v.unknown(),
    v.check(isObject, message),
    v.strictObject(fields, ({ expected }) =>
      expected === 'never' ? 'is not a known field' : 'is required',
    ),
  );
