import { recordAction } from './action.ts';
import { linkSession } from './link.ts';
import { type Owner, ownReferral } from './referral.ts';
import { SIGNED_UP } from './response.ts';
import type { Services } from './services.ts';
import { isSession } from './visitor.ts';

// No client can send it: theirs have no control characters.
const ONCE = '\u0000SIGNED_UP';

/**
 * Gives a new user their link and, where they came with a session, credits whoever brought them. Safe to
 * repeat: a user signs up once.
 */
export async function signUp(
  services: Services,
  { userId, attributes }: Owner,
  session: string | undefined,
): Promise<void> {
  await ownReferral(services, userId, attributes);
  if (!isSession(session)) return;
  await linkSession(services, session, userId);
  await recordAction(services, {
    visitor: { userId },
    action: SIGNED_UP,
    idempotencyKey: ONCE,
    idempotencyLifetime: Number.POSITIVE_INFINITY,
  });
}
