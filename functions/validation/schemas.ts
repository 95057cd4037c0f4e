import * as v from 'valibot';

/** For where a schema has no message of its own: valibot's repeats the value, which no log is to have. */
export const DEFAULT_MESSAGE = 'Invalid input';

// RFC 3339.
const TIME =
  /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** Whether it is a time with its offset, on a day that there is. */
export const isTime = (text: string): boolean =>
  TIME.test(text) &&
  new Date(`${text.slice(0, 10)}T00:00Z`).getUTCDate() === Number(text.slice(8, 10));

/** Whether it is an object of JSON; valibot takes an array for one, too. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object with these fields and no others; the message is for what is no object. */
export const strictObject = <Fields extends v.ObjectEntries>(fields: Fields, message?: string) =>
  v.pipe(
    v.custom<Record<string, unknown>>(isObject, message),
    v.strictObject(fields, ({ expected }) =>
      expected === 'never' ? 'is not a known field' : 'is required',
    ),
  );
