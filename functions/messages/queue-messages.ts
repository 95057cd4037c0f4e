import * as v from 'valibot';
import type { PendingClick } from '../core/click.ts';
import { RESPONDED } from '../core/response.ts';
import { strictObject } from '../validation/objects.ts';
import { parse } from '../validation/parse.ts';
import { campaign, itemFields, session } from '../validation/schemas.ts';

const SignUp = strictObject({
  userId: v.string(),
  attributes: v.record(v.string(), v.unknown()),
  signedUpAt: itemFields.createdAt,
  session: v.exactOptional(v.string()),
  code: v.exactOptional(v.string()),
});

const Click = strictObject({
  id: itemFields.id,
  code: itemFields.code,
  referrerId: v.exactOptional(v.string()),
  action: v.literal(RESPONDED),
  kind: v.exactOptional(itemFields.kind),
  first: v.exactOptional(v.boolean()),
  trusted: v.literal(true),
  via: itemFields.via,
  session,
  httpReferer: v.exactOptional(v.string()),
  userAgent: v.exactOptional(v.string()),
  ip: v.exactOptional(v.string()),
  fingerprint: v.exactOptional(v.string()),
  ipHash: v.exactOptional(v.string()),
  campaign: v.exactOptional(campaign),
  createdAt: itemFields.createdAt,
});

/** A sign-up in the queue. */
export type SignUpMessage = v.InferOutput<typeof SignUp>;

/**
 * Reads a sign-up from the queue.
 *
 * @throws ReferralsError or SyntaxError if it is not a sign-up.
 */
export const readSignUp = (body: string): SignUpMessage => parse(SignUp, JSON.parse(body));

/**
 * Reads a click from the queue.
 *
 * @throws ReferralsError or SyntaxError if it is not a click.
 */
export const readClick = (body: string): PendingClick => parse(Click, JSON.parse(body));
