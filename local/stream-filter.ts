/** A pattern for records: each named field must have one of the values. */
export interface Filter {
  readonly [field: string]: Filter | Value[];
}

type Value = string | { readonly prefix: string };

/**
 * Whether a record matches a pattern. It knows only values and text prefixes of Lambda's syntax, see
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 */
export const matches = (filter: Filter, record: unknown): boolean =>
  Object.entries(filter).every(([field, expected]) => {
    const actual = (record as Record<string, unknown> | undefined)?.[field];
    return Array.isArray(expected)
      ? expected.some((value) => equals(value, actual))
      : matches(expected, actual);
  });

const equals = (value: Value, actual: unknown): boolean =>
  typeof value === 'string'
    ? actual === value
    : typeof actual === 'string' && actual.startsWith(value.prefix);
