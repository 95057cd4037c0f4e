import * as v from 'valibot';
import type { PendingClick } from '../core/click.ts';
import { isCode } from '../core/referral.ts';
import { RESPONDED } from '../core/response.ts';
import { isSession } from '../core/visitor.ts';
import { parse, ULID } from './input.ts';
import { isObject, isTime, strictObject } from './schema.ts';

const SignUp = strictObject({
  userId: v.string(),
  attributes: v.custom<Record<string, unknown>>(isObject),
  session: v.exactOptional(v.string()),
});

const Click = strictObject({
  id: v.pipe(v.string(), v.regex(ULID)),
  code: v.custom<string>(isCode),
  referrerId: v.exactOptional(v.string()),
  action: v.literal(RESPONDED),
  kind: v.exactOptional(v.picklist(['human', 'bot', 'prefetch', 'own'])),
  first: v.exactOptional(v.boolean()),
  session: v.custom<string>(isSession),
  httpReferer: v.exactOptional(v.string()),
  userAgent: v.exactOptional(v.string()),
  ip: v.exactOptional(v.string()),
  createdAt: v.pipe(v.string(), v.endsWith('Z'), v.check(isTime)),
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
