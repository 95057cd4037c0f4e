import { recordAction } from './action.ts';
import { linkSession } from './link.ts';
import { ownReferral } from './referral.ts';
import { SIGNED_UP } from './response.ts';
import type { Services } from './services.ts';
import { isSession } from './visitor.ts';

/**
 * Gives a new user their link and, where they came with a session, credits whoever brought them. Safe to
 * repeat: a user signs up once.
 */
export async function signUp(
  services: Services,
  { userId, session }: { userId: string; session: string | undefined },
): Promise<void> {
  await ownReferral(services, userId);
  if (!isSession(session)) return;
  await linkSession(services, session, userId);
  await recordAction(services, {
    visitor: { userId },
    action: SIGNED_UP,
    idempotency: { key: SIGNED_UP, lifetime: undefined },
  });
}
