import * as z from 'zod/mini';
import type { PendingClick } from '../core/click.ts';
import { isCode } from '../core/referral.ts';
import { RESPONDED } from '../core/response.ts';
import { isSession } from '../core/visitor.ts';
import { parse, ULID } from './input.ts';

const SignUp = z.strictObject({
  userId: z.string(),
  attributes: z.record(z.string(), z.unknown()),
  session: z.exactOptional(z.string()),
});

const Click = z.strictObject({
  id: z.string().check(z.regex(ULID)),
  code: z.string().check(z.refine(isCode)),
  referrerId: z.exactOptional(z.string()),
  action: z.literal(RESPONDED),
  kind: z.exactOptional(z.enum(['human', 'bot', 'prefetch', 'own'])),
  first: z.exactOptional(z.boolean()),
  session: z.string().check(z.refine(isSession)),
  httpReferer: z.exactOptional(z.string()),
  userAgent: z.exactOptional(z.string()),
  ip: z.exactOptional(z.string()),
  createdAt: z.iso.datetime(),
});

/** A sign-up as it waits in the queue. */
export type SignUpMessage = z.infer<typeof SignUp>;

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
