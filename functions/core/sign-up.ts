import { recordAction } from './action.ts';
import { findOwnReferral } from './create-referral.ts';
import { SIGNED_UP } from './response.ts';
import type { Using } from './services.ts';

// No client can send this key, because keys from clients have no control characters.
const ONCE = '\u0000SIGNED_UP';

/** Services to credit a sign-up. */
export type CreditingServices = Parameters<typeof recordAction>[0] &
  Using<'readClaim', never, 'signUpWindow'>;

/**
 * Credits a user's sign-up to the referral that brought them, if they signed up within the window. A sign-up
 * is credited once, however often and from wherever this is called.
 */
export async function creditSignUp(services: CreditingServices, userId: string): Promise<void> {
  const { settings, now } = services;
  const own = await findOwnReferral(services, userId);
  if (own?.signedUpAt === undefined) return;
  const age = now().getTime() - Date.parse(own.signedUpAt);
  if (age <= settings.signUpWindow * 1000) await recordSignUp(services, userId, own.signedUpAt);
}

/**
 * Records a user's sign-up, once for ever.
 *
 * @param signedUpAt ISO 8601, UTC.
 */
export async function recordSignUp(
  services: Parameters<typeof recordAction>[0],
  userId: string,
  signedUpAt: string,
): Promise<void> {
  await recordAction(services, {
    visitor: { userId },
    action: SIGNED_UP,
    trusted: true,
    signedUpAt,
    idempotencyKey: ONCE,
    idempotencyLifetime: Number.POSITIVE_INFINITY,
  });
}
