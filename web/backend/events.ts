import * as v from 'valibot';
import { ReferralsProblem } from '../problem.ts';

/** One of the app's own objects. */
export interface Target {
  readonly type: string;
  readonly id: string;
}

/** How a visitor arrived. A later version of the service may know more ways. */
export type Arrival = 'link' | 'page' | 'typed' | 'forwarded' | (string & {});

/** `human`, or of a click what else it was. A later version of the service may know more kinds. */
export type ResponseKind = 'human' | 'bot' | 'prefetch' | 'own' | (string & {});

/** Who responded. The id of a session is its SHA-256 in hex, because whoever has a session acts as its visitor. */
export interface EventVisitor {
  readonly type: 'user' | 'session';
  readonly id: string;
}

/** A link was made. */
export interface ReferralCreated {
  readonly type: 'ReferralCreated';
  readonly detail: {
    readonly id: string;
    readonly code: string;
    /** The link's owner. */
    readonly referrer: string | null;
    readonly label: string | null;
    readonly redirectTo: string;
    readonly target: Target | null;
    /** ISO 8601, UTC. */
    readonly createdAt: string;
  };
}

interface ResponseDetail {
  readonly id: string;
  /** The `firstCode` of the link. */
  readonly code: string;
  /** `RESPONDED` for a click, `SIGNED_UP` for a sign-up, or your own name. */
  readonly action: string;
  readonly kind: ResponseKind;
  /** Whether the service itself or your backend recorded it. Never pay for what is not trusted. */
  readonly trusted: boolean;
  /** The link's owner. */
  readonly referrer: string | null;
  readonly visitor: EventVisitor;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** An action was recorded, or a click that `events.clicks` asks for. */
export interface ResponseRecorded {
  readonly type: 'ResponseRecorded';
  readonly detail: ResponseDetail & {
    /** Whether it is the visitor's first click on this link. */
    readonly first: boolean;
    readonly via: Arrival | null;
    /** Whether the visitor was a user before the click; null if they are not known as a user, and for clicks. */
    readonly existingUser: boolean | null;
    readonly target: Target | null;
  };
}

/** A session's response became a user's. */
export interface UserLinkedToResponse {
  readonly type: 'UserLinkedToResponse';
  readonly detail: ResponseDetail & {
    /** The SHA-256 of the session in hex. */
    readonly session: string;
  };
}

/** An event of the service. Events arrive at least once, in any order; `type` and `detail.id` identify one. */
export type ReferralEvent = ReferralCreated | ResponseRecorded | UserLinkedToResponse;

const target = v.nullable(v.looseObject({ type: v.string(), id: v.string() }));

const referral = v.looseObject({
  id: v.string(),
  code: v.string(),
  referrer: v.nullable(v.string()),
  label: v.nullable(v.string()),
  redirectTo: v.string(),
  target,
  createdAt: v.string(),
});

const response = {
  id: v.string(),
  code: v.string(),
  action: v.string(),
  kind: v.string(),
  trusted: v.boolean(),
  referrer: v.nullable(v.string()),
  visitor: v.looseObject({ type: v.picklist(['user', 'session']), id: v.string() }),
  createdAt: v.string(),
};

/** Fields that a later version of the service adds are let through. */
const details = {
  ReferralCreated: referral satisfies v.GenericSchema<ReferralCreated['detail']>,
  ResponseRecorded: v.looseObject({
    ...response,
    first: v.boolean(),
    via: v.nullable(v.string()),
    existingUser: v.nullable(v.boolean()),
    target,
  }) satisfies v.GenericSchema<ResponseRecorded['detail']>,
  UserLinkedToResponse: v.looseObject({
    ...response,
    session: v.string(),
  }) satisfies v.GenericSchema<UserLinkedToResponse['detail']>,
};

const busEvent = v.object({
  source: v.literal('cdk-referrals'),
  'detail-type': v.picklist(Object.keys(details) as (keyof typeof details)[]),
  detail: v.unknown(),
});

/**
 * Reads an event of the bus, as a rule's target receives it.
 *
 * @param event of EventBridge, with `source`, `detail-type` and `detail`.
 * @throws ReferralsProblem `invalid_event`, with its `field`, if it is no event of the service.
 * @example
 * export const handler = async (input: unknown) => {
 *   const { type, detail } = parseReferralEvent(input);
 *   if (type === 'ResponseRecorded' && detail.action === 'PAID' && detail.trusted) {
 *     await payReferrer(detail.referrer, { once: detail.id });
 *   }
 * };
 */
export function parseReferralEvent(event: unknown): ReferralEvent {
  const { 'detail-type': type, detail } = read(busEvent, event, '');
  return { type, detail: read<unknown>(details[type], detail, 'detail') } as ReferralEvent;
}

/** Checks a part of an event. The error never repeats values, which may be personal. */
function read<Output>(
  schema: v.GenericSchema<unknown, Output>,
  value: unknown,
  path: string,
): Output {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = [path, v.getDotPath(issue)].filter(Boolean).join('.') || 'event';
  const rule = issue.received === 'undefined' ? 'is missing' : `must be ${issue.expected}`;
  throw new ReferralsProblem(`This is no event of cdk-referrals: ${field} ${rule}.`, {
    code: 'invalid_event',
    field,
  });
}
