import type { Using } from './services.ts';
import { type CreditingServices, creditSignUp } from './sign-up.ts';

/** Services to link a session. */
export type LinkingServices = CreditingServices &
  Using<'findSessionUser' | 'claimSession' | 'settleSession' | 'moveResponses'>;

/**
 * Moves responses of a session to its user, for every referral, and credits the user's sign-up if that is
 * still to be done. Repeating it gives the same end state, also after a crash in the middle.
 *
 * A session that is linked to a user stays theirs: for any other user, nothing is moved.
 *
 * @returns the number of responses that this call moved.
 */
export async function linkSession(
  services: LinkingServices,
  session: string,
  userId: string,
): Promise<number> {
  const { store, now } = services;
  // Remember the user first, so that a click that arrives meanwhile is already known to be theirs.
  const linked =
    (await store.findSessionUser(session)) ?? (await store.claimSession(session, userId, now()));
  if (linked.userId !== userId) return 0;
  const moved = await store.moveResponses(session, userId, now());
  if (!linked.isSettled) {
    await creditSignUp(services, userId);
    await store.settleSession(session, userId, now());
  }
  return moved;
}
