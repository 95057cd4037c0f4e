import * as v from 'valibot';
import { ReferralsError } from '../core/errors.ts';
import { MAX_REDIRECT } from '../core/redirect.ts';
import { RESPONDED, SIGNED_UP } from '../core/response.ts';
import type { PageRequest } from '../core/store.ts';
import { isSession } from '../core/visitor.ts';
import { parse, ULID } from '../validation/parse.ts';
import { isTime, strictObject } from '../validation/schemas.ts';
import type { HttpEvent } from './http-handler.ts';

const MAX_IDEMPOTENCY_KEY = 255;
const MAX_LIMIT = 100;
const DEFAULT_LIMIT = 20;
const CONTROL_CHARACTER = /\p{Cc}/u;
const TIME_RULE = 'must be a time such as 2030-01-31T12:00:00Z';

const text = (maximum: number) =>
  v.pipe(
    v.string('must be a string'),
    v.minLength(1, 'must not be empty'),
    v.maxLength(maximum, `must have at most ${maximum} characters`),
    v.check((value) => !CONTROL_CHARACTER.test(value), 'must not have control characters'),
    v.check((value) => value.isWellFormed(), 'must be well-formed Unicode'),
  );

const Target = strictObject({ type: text(128), id: text(256) }, 'must be an object of type and id');

/** The name of an action; ours are not to be had by saying so. */
const actionName = (reserved: readonly string[]) =>
  v.pipe(
    text(128),
    v.check((name) => !reserved.includes(name), 'is recorded by the service itself'),
  );

/** Body of `POST /referrals`. */
export const NewReferralBody = strictObject(
  {
    redirectTo: text(MAX_REDIRECT),
    label: v.exactOptional(text(100)),
    target: v.exactOptional(Target),
    expiresAt: v.exactOptional(
      v.pipe(
        v.string(TIME_RULE),
        v.check(isTime, TIME_RULE),
        v.transform((time) => new Date(time).toISOString()),
      ),
    ),
  },
  'must be a JSON object, sent as application/json',
);

/** Body of `POST /actions`. */
export const ActionBody = strictObject(
  { action: actionName([RESPONDED, SIGNED_UP]), target: v.exactOptional(Target) },
  'must be a JSON object, sent as application/json',
);

/** What the app's backend invokes `record-backend-action` with. */
export const DirectAction = v.pipe(
  strictObject(
    {
      userId: v.exactOptional(text(128)),
      session: v.exactOptional(v.pipe(v.string(), v.guard(isSession, 'must be a session'))),
      action: actionName([RESPONDED]),
      target: v.exactOptional(Target),
      idempotencyKey: v.exactOptional(text(MAX_IDEMPOTENCY_KEY)),
    },
    'must be an object',
  ),
  v.forward(
    v.check(
      ({ userId, session }) => (userId === undefined) !== (session === undefined),
      'or session must be given, and not both',
    ),
    ['userId'],
  ),
);

/**
 * Makes a reader of a JSON body.
 *
 * @throws what `parse` does.
 * @example userHandler(bodyReader(NewReferralBody), async ({ userId, input }) => …)
 */
export const bodyReader =
  <Body>(schema: v.GenericSchema<unknown, Body>) =>
  (event: HttpEvent): Body =>
    parse(schema, event.body);

/**
 * Reads `?limit=` and `?cursor=`.
 *
 * @throws ReferralsError `invalid_limit`, `invalid_cursor`.
 */
export function readPage({ queryStringParameters: query = {} }: HttpEvent): PageRequest {
  const { limit = `${DEFAULT_LIMIT}`, cursor } = query;
  if (!/^\d{1,3}$/.test(limit) || +limit < 1 || +limit > MAX_LIMIT) {
    throw new ReferralsError('invalid_limit', `limit must be from 1 to ${MAX_LIMIT}.`, {
      field: 'limit',
    });
  }
  if (cursor !== undefined && !ULID.test(cursor)) {
    throw new ReferralsError('invalid_cursor', 'cursor must be the nextCursor of a page.', {
      field: 'cursor',
    });
  }
  return { limit: Number(limit), cursor };
}

/**
 * Reads `Idempotency-Key`.
 *
 * @throws ReferralsError `invalid_header`.
 */
export function readIdempotencyKey({ headers }: HttpEvent): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined || (key.length <= MAX_IDEMPOTENCY_KEY && /^[\x21-\x7e]+$/.test(key))) {
    return key;
  }
  throw new ReferralsError(
    'invalid_header',
    `Idempotency-Key must be 1 to ${MAX_IDEMPOTENCY_KEY} visible ASCII characters.`,
    { field: 'Idempotency-Key' },
  );
}

/** Reads `{code}` of the path; one that can't be a code is simply not found. */
export const readCode = ({ pathParameters }: HttpEvent): string => pathParameters?.code ?? '';
