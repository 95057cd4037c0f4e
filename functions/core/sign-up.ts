import { recordAction } from './action.ts';
import { ownReferral } from './create-referral.ts';
import { linkSession } from './link.ts';
import type { Owner } from './referral.ts';
import { SIGNED_UP } from './response.ts';
import { isSession } from './visitor.ts';

// No client can send this key, because keys from clients have no control characters.
const ONCE = '\u0000SIGNED_UP';

/** Services for a sign-up. */
type SignUpServices = Parameters<typeof ownReferral>[0] &
  Parameters<typeof linkSession>[0] &
  Parameters<typeof recordAction>[0];

/**
 * Gives a new user their link. If they have a session, it also credits the referral that brought them. It is
 * safe to repeat: a user's sign-up is recorded once.
 */
export async function signUp(
  services: SignUpServices,
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
