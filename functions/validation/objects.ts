import * as v from 'valibot';

/** The message of rules without their own. valibot's would repeat the value, which must not be logged. */
export const DEFAULT_MESSAGE = 'Invalid input';

/** Whether it is a JSON object. valibot also accepts an array as one. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object with these fields and no others. The message is for a value that is not an object. */
export const strictObject = <const Fields extends v.ObjectEntries>(
  fields: Fields,
  message = 'must be an object',
): v.GenericSchema<
  v.InferInput<v.StrictObjectSchema<Fields, undefined>>,
  v.InferOutput<v.StrictObjectSchema<Fields, undefined>>
> =>
  v.pipe(
    v.unknown(),
    v.check(isObject, message),
    v.strictObject(fields, ({ expected }) =>
      expected === 'never' ? 'is not a known field' : 'is required',
    ),
  ) as never;

/** The JSON body of a request, with these fields and no others. */
export const jsonBody = <const Fields extends v.ObjectEntries>(fields: Fields) =>
  strictObject(fields, 'must be a JSON object, sent as application/json');
