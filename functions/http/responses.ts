import * as v from 'valibot';
import { arrivals, RESPONDED, type Response, responseKinds, SIGNED_UP } from '../core/response.ts';
import type { FunctionSettings } from '../setup/settings.ts';
import { isObject, jsonBody, strictObject } from '../validation/objects.ts';
import {
  campaign,
  code,
  session,
  target,
  text,
  timestamp,
  ULID,
  visibleName,
} from '../validation/schemas.ts';
import { everyone, type FieldsOf, fieldOf, type Reader, schemaOf, show } from './fields.ts';
import { pageOf } from './pages.ts';

const MAX_IDEMPOTENCY_KEY = 255;

/** The name of an action. It refuses names that only the service records. */
const actionName = (reserved: readonly string[]) =>
  v.pipe(
    visibleName(128),
    v.check((name) => !reserved.includes(name), 'is recorded by the service itself'),
  );

/** Body of `POST /actions`. */
export const newAction = jsonBody({
  action: actionName([RESPONDED, SIGNED_UP]),
  target: v.exactOptional(target),
});

/** Headers of `POST /actions`. */
export const actionHeaders = v.object({
  'Idempotency-Key': v.exactOptional(
    v.pipe(
      v.string(),
      v.regex(
        new RegExp(`^[\\x21-\\x7e]{1,${MAX_IDEMPOTENCY_KEY}}$`),
        `must be 1 to ${MAX_IDEMPOTENCY_KEY} visible ASCII characters`,
      ),
    ),
  ),
});

const visitor = { userId: v.exactOptional(text(128)), session: v.exactOptional(session) };

const backendAction = strictObject({
  type: v.optional(v.literal('action', 'must be action or attribution'), 'action'),
  ...visitor,
  action: actionName([RESPONDED]),
  target: v.exactOptional(target),
  idempotencyKey: v.exactOptional(text(MAX_IDEMPOTENCY_KEY)),
});

const backendQuestion = strictObject({ type: v.literal('attribution'), ...visitor });

/** The event with which the app's backend invokes `record-backend-action`: an action, or a question. */
export const backendRequest = v.pipe(
  v.lazy((event) =>
    isObject(event) && event.type === 'attribution' ? backendQuestion : backendAction,
  ),
  v.forward(
    v.check(
      ({ userId, session }) => (userId === undefined) !== (session === undefined),
      'or session must be given, but not both',
    ),
    ['userId'],
  ),
);

const field = fieldOf<Response>();

/**
 * The fields of a response in answers, with their readers. Nobody sees an IP, a fingerprint, a session or a user
 * agent.
 */
const fields = {
  id: field(everyone, v.pipe(v.string(), v.regex(ULID)), ({ id }) => id),
  code: field(everyone, code, ({ code }) => code),
  action: field(everyone, v.string(), ({ action }) => action),
  actionDisplay: field(
    everyone,
    v.string(),
    ({ action }, { actionDisplay }) => actionDisplay.get(action) ?? action,
  ),
  kind: field(everyone, v.picklist(responseKinds), ({ kind }) => kind),
  first: field(everyone, v.boolean(), ({ first }) => first),
  trusted: field(['owner', 'operator'], v.boolean(), ({ trusted }) => trusted),
  via: field(['owner', 'operator'], v.nullable(v.picklist(arrivals)), ({ via }) => via ?? null),
  userId: field(everyone, v.nullable(v.string()), ({ userId }) => userId ?? null),
  target: field(everyone, v.nullable(target), (response) => response.target ?? null),
  httpReferer: field(everyone, v.nullable(v.string()), ({ httpReferer }) => httpReferer ?? null),
  campaign: field(
    ['owner', 'operator'],
    v.nullable(campaign),
    (response) => response.campaign ?? null,
  ),
  createdAt: field(everyone, timestamp, ({ createdAt }) => createdAt),
} satisfies FieldsOf<
  Response,
  | 'referrerId'
  | 'session'
  | 'userAgent'
  | 'ip'
  | 'fingerprint'
  | 'ipHash'
  | 'respondedAt'
  | 'existingUser'
>;

/** A response as seen by the owner of its link. */
export const ownersResponse = schemaOf(fields, 'owner');

/** A page of responses as seen by the owner of their links. */
export const ownersResponses = pageOf(ownersResponse);

/** A response as seen by the visitor who has just caused it. */
export const visitorsResponse = schemaOf(fields, 'visitor');

/** Shows a response to the owner of its link, or to the visitor who has just caused it. */
export const showResponse = <As extends Reader>(
  reader: As,
  response: Response,
  settings: FunctionSettings,
) => show(fields, reader, response, settings);
