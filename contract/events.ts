import * as v from 'valibot';
import type { ReferralEvent } from '../functions/core/events.ts';
import { arrivals, responseKinds } from '../functions/core/response.ts';
import { code, target, timestamp, ULID, url } from '../functions/validation/schemas.ts';

const id = v.pipe(v.string(), v.regex(ULID));

/** A session's SHA-256 in hex. */
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

export const userVisitor = v.strictObject({ type: v.literal('user'), id: v.string() });
export const sessionVisitor = v.strictObject({ type: v.literal('session'), id: digest });

const common = {
  id,
  code,
  action: v.string(),
  kind: v.picklist(responseKinds),
  trusted: v.boolean(),
  referrer: v.nullable(v.string()),
  createdAt: timestamp,
};

/** The details of the events on the bus, by type. */
export const events = {
  ReferralCreated: v.strictObject({
    id,
    code,
    referrer: v.nullable(v.string()),
    label: v.nullable(v.string()),
    redirectTo: url,
    target: v.nullable(target),
    createdAt: timestamp,
  }),
  ResponseRecorded: v.strictObject({
    ...common,
    first: v.boolean(),
    visitor: v.union([userVisitor, sessionVisitor]),
    via: v.nullable(v.picklist(arrivals)),
    existingUser: v.nullable(v.boolean()),
    target: v.nullable(target),
  }),
  UserLinkedToResponse: v.strictObject({ ...common, visitor: userVisitor, session: digest }),
} satisfies Record<ReferralEvent['type'], v.GenericSchema>;

/** An event as a target of a rule gets it. */
const onBus = <const Type extends string, Detail extends v.GenericSchema>(
  type: Type,
  detail: Detail,
) => v.strictObject({ source: v.literal('cdk-referrals'), 'detail-type': v.literal(type), detail });

/** The events as they arrive, by type. */
export const busEvents = {
  ReferralCreated: onBus('ReferralCreated', events.ReferralCreated),
  ResponseRecorded: onBus('ResponseRecorded', events.ResponseRecorded),
  UserLinkedToResponse: onBus('UserLinkedToResponse', events.UserLinkedToResponse),
} satisfies Record<ReferralEvent['type'], v.GenericSchema>;
