import * as z from 'zod/mini';
import { ReferralsError } from '../core/errors.ts';
import { MAX_REDIRECT } from '../core/redirect.ts';
import { RESPONDED, SIGNED_UP } from '../core/response.ts';
import type { PageRequest } from '../core/store.ts';
import { isSession } from '../core/visitor.ts';
import type { HttpEvent } from './http-handler.ts';

const MAX_IDEMPOTENCY_KEY = 255;
const MAX_LIMIT = 100;
const DEFAULT_LIMIT = 20;
export const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const CONTROL_CHARACTER = /\p{Cc}/u;

const requiredOr = (message: string) => ({
  error: ({ input }: { input: unknown }) => (input === undefined ? 'is required' : message),
});

const text = (maximum: number) =>
  z.string(requiredOr('must be a string')).check(
    z.minLength(1, 'must not be empty'),
    z.maxLength(maximum, `must have at most ${maximum} characters`),
    z.refine((value) => !CONTROL_CHARACTER.test(value), 'must not have control characters'),
    z.refine((value) => value.isWellFormed(), 'must be well-formed Unicode'),
  );

const Target = z.strictObject(
  { type: text(128), id: text(256) },
  'must be an object of type and id',
);

/** The name of an action; ours are not to be had by saying so. */
const actionName = (reserved: readonly string[]) =>
  text(128).check(
    z.refine((name) => !reserved.includes(name), 'is recorded by the service itself'),
  );

/** Body of `POST /referrals`. */
export const NewReferralBody = z.strictObject(
  {
    redirectTo: text(MAX_REDIRECT),
    label: z.exactOptional(text(100)),
    target: z.exactOptional(Target),
    expiresAt: z.exactOptional(
      z.pipe(
        z.iso.datetime({ offset: true, error: 'must be a time such as 2030-01-31T12:00:00Z' }),
        z.transform((time) => new Date(time).toISOString()),
      ),
    ),
  },
  'must be a JSON object, sent as application/json',
);

/** Body of `POST /actions`. */
export const ActionBody = z.strictObject(
  { action: actionName([RESPONDED, SIGNED_UP]), target: z.exactOptional(Target) },
  'must be a JSON object, sent as application/json',
);

/** What the app's backend invokes `record-action-directly` with. */
export const DirectAction = z
  .strictObject(
    {
      userId: z.exactOptional(text(128)),
      session: z.exactOptional(z.string().check(z.refine(isSession, 'must be a session'))),
      action: actionName([RESPONDED]),
      target: z.exactOptional(Target),
      idempotencyKey: z.exactOptional(text(MAX_IDEMPOTENCY_KEY)),
    },
    'must be an object',
  )
  .check(
    z.refine(({ userId, session }) => (userId === undefined) !== (session === undefined), {
      path: ['userId'],
      error: 'or session must be given, and not both',
    }),
  );

/**
 * Checks a value that came from outside.
 *
 * @throws ReferralsError `invalid_field` that names the first field that is wrong.
 */
export function parse<Value>(schema: z.ZodMiniType<Value>, value: unknown): Value {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const field = [...issue.path, issue.keys[0]].join('.');
    throw new ReferralsError('invalid_field', `${field} is not a known field.`, { field });
  }
  const field = issue?.path.join('.') || 'body';
  throw new ReferralsError('invalid_field', `${field} ${issue?.message}.`, { field });
}

/**
 * Makes a reader of a JSON body.
 *
 * @throws what `parse` does.
 * @example userHandler(bodyReader(NewReferralBody), async ({ userId, input }) => …)
 */
export const bodyReader =
  <Body>(schema: z.ZodMiniType<Body>) =>
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
