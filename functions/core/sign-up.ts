import { recordAction } from './action.ts';
import { linkSession } from './link.ts';
import { type Owner, ownReferral } from './referral.ts';
import { SIGNED_UP } from './response.ts';
import type { Services } from './services.ts';
import { isSession } from './visitor.ts';

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
    idempotencyKey: SIGNED_UP,
    idempotencyLifetime: Number.POSITIVE_INFINITY,
  });
}
