import * as v from 'valibot';
import type { PendingClick } from '../core/click.ts';
import { RESPONDED } from '../core/response.ts';
import { isSession } from '../core/visitor.ts';
import { own, parse } from '../validation/parse.ts';
import { isObject, strictObject } from '../validation/schemas.ts';

const SignUp = strictObject({
  userId: v.string(),
  attributes: v.custom<Record<string, unknown>>(isObject),
  session: v.exactOptional(v.string()),
});

const Click = strictObject({
  id: own.id,
  code: own.code,
  referrerId: v.exactOptional(v.string()),
  action: v.literal(RESPONDED),
  kind: v.exactOptional(own.kind),
  first: v.exactOptional(v.boolean()),
  session: v.custom<string>(isSession),
  httpReferer: v.exactOptional(v.string()),
  userAgent: v.exactOptional(v.string()),
  ip: v.exactOptional(v.string()),
  createdAt: own.createdAt,
});

/** A sign-up as it waits in the queue. */
export type SignUpMessage = v.InferOutput<typeof SignUp>;

/**
 * Reads a sign-up of the queue.
 *
 * @throws ReferralsError or SyntaxError where it is none.
 */
export const readSignUp = (body: string): SignUpMessage => parse(SignUp, JSON.parse(body));

/**
 * Reads a click of the queue.
 *
 * @throws ReferralsError or SyntaxError where it is none.
 */
export const readClick = (body: string): PendingClick => parse(Click, JSON.parse(body));
