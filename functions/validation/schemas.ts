import * as v from 'valibot';
import { CODE } from '../core/referral.ts';
import { arrivals, campaignFields, responseKinds } from '../core/response.ts';
import { SESSION } from '../core/session.ts';
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

// Line breaks are for text of several lines, which a name is not.
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** Invisible characters that belong to an emoji: joiners between two parts of one, and the tags of some flags. */
const OF_EMOJI =
  /(?<=\p{Extended_Pictographic}[\u{fe0f}\u{1f3fb}-\u{1f3ff}]?)\u200d(?=\p{Extended_Pictographic})|\p{RGI_Emoji_Tag_Sequence}/gv;

/** A character that can be seen. Some fillers are letters to Unicode, and yet blank. */
const VISIBLE = /[^\s\p{Default_Ignorable_Code_Point}\u2800]/u;

/**
 * A name that people see, of 1 to `maximum` characters (code points). The output is in normal form (NFKC),
 * without spaces around it. It has no characters that hide, or that reverse the text around them.
 */
export const visibleName = (maximum: number) =>
  v.pipe(
    v.string('must be a string'),
    v.check((value) => value.isWellFormed(), 'must be well-formed Unicode'),
    v.check((value) => !CONTROL.test(value), 'must not have control characters'),
    v.normalize('NFKC'),
    v.trim(),
    v.check(
      (value) => !/\p{Cf}/u.test(value.replaceAll(OF_EMOJI, '')),
      'must not have invisible characters',
    ),
    v.check((value) => VISIBLE.test(value), 'must not be empty'),
    v.check((value) => [...value].length <= maximum, `must have at most ${maximum} characters`),
  );

const RFC_3339 =
  /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** Whether it is a time with its offset, on a day that exists, in a year of four digits in UTC too. */
const isTime = (value: string): boolean =>
  RFC_3339.test(value) &&
  new Date(`${value.slice(0, 10)}T00:00Z`).getUTCDate() === Number(value.slice(8, 10)) &&
  RFC_3339.test(inUtc(value));

/** The same time in UTC. */
export const inUtc = (value: string): string => new Date(value).toISOString();

const TIME_RULE = 'must be a time such as 2030-01-31T12:00:00Z';

/** A time with its offset (RFC 3339). The output is in UTC. */
export const time = v.pipe(v.string(TIME_RULE), v.check(isTime, TIME_RULE), v.transform(inUtc));

/** Any object of the app. */
export const target = strictObject(
  { type: text(128), id: text(256) },
  'must be an object with type and id',
);

/** The campaign of a click. */
export const campaign = v.strictObject(
  v.entriesFromList(campaignFields, v.exactOptional(v.string())),
);

/** Format of a ULID, see https://github.com/ulid/spec */
export const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** A session from the redirect. */
export const session = v.pipe(v.string(), v.regex(SESSION, 'must be a session'));

/** A code in an answer. */
export const code = v.pipe(v.string(), v.regex(CODE));

/** A time in an answer: ISO 8601 in UTC, with milliseconds. */
export const timestamp = v.pipe(v.string(), v.isoTimestamp());

/** An absolute URL in an answer. */
export const url = v.pipe(v.string(), v.url());

/** A number of things in an answer. */
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Fields that items in the table and messages in the queues have in common. */
export const itemFields = {
  id: v.pipe(v.string(), v.regex(ULID)),
  code,
  kind: v.picklist(responseKinds),
  via: v.picklist(arrivals),
  createdAt: v.pipe(v.string(), v.endsWith('Z'), v.check(isTime)),
};
