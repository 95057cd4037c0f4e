import * as v from 'valibot';
import { CODE } from '../core/referral.ts';
import { responseKinds } from '../core/response.ts';
import { SESSION } from '../core/visitor.ts';
import { strictObject } from './objects.ts';

const CONTROL_CHARACTER = /\p{Cc}/u;

/** Text of 1 to `maximum` UTF-16 units, without control characters. */
export const text = (maximum: number) =>
  v.pipe(
    v.string('must be a string'),
    v.minLength(1, 'must not be empty'),
    v.maxLength(maximum, `must have at most ${maximum} characters`),
    v.check((value) => !CONTROL_CHARACTER.test(value), 'must not have control characters'),
    v.check((value) => value.isWellFormed(), 'must be well-formed Unicode'),
  );

const RFC_3339 =
  /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** Whether it is a time with its offset, on a day that exists. */
const isTime = (value: string): boolean =>
  RFC_3339.test(value) &&
  new Date(`${value.slice(0, 10)}T00:00Z`).getUTCDate() === Number(value.slice(8, 10));

const TIME_RULE = 'must be a time such as 2030-01-31T12:00:00Z';

/** A time with its offset (RFC 3339). The output is in UTC. */
export const time = v.pipe(
  v.string(TIME_RULE),
  v.check(isTime, TIME_RULE),
  v.transform((value) => new Date(value).toISOString()),
);

/** Any object of the app. */
export const target = strictObject(
  { type: text(128), id: text(256) },
  'must be an object with type and id',
);

/** Format of a ULID, see https://github.com/ulid/spec */
export const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** A session from the redirect. */
export const session = v.pipe(v.string(), v.regex(SESSION, 'must be a session'));

/** Fields that items in the table and messages in the queues have in common. */
export const itemFields = {
  id: v.pipe(v.string(), v.regex(ULID)),
  code: v.pipe(v.string(), v.regex(CODE)),
  kind: v.picklist(responseKinds),
  createdAt: v.pipe(v.string(), v.endsWith('Z'), v.check(isTime)),
};
