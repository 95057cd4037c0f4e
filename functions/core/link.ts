import type { Using } from './services.ts';
import { type CreditingServices, creditSignUp } from './sign-up.ts';
import type { SessionUser } from './store.ts';

/** Services to link a session. */
export type LinkingServices = CreditingServices &
  Using<'findSessionUser' | 'claimSession' | 'settleSession' | 'moveResponses'>;

/** Responses that one call moves at most. The next call moves the rest. */
const MOST_MOVES = 500;

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
  return link(services, session, userId, await services.store.findSessionUser(session));
}

/**
 * Links a session as `linkSession` does, but only until that is complete. Somebody else may have the session
 * as well, and their later clicks must not become the user's.
 */
export async function linkSessionOnce(
  services: LinkingServices,
  session: string,
  userId: string,
): Promise<number> {
  const known = await services.store.findSessionUser(session);
  return known?.isSettled ? 0 : link(services, session, userId, known);
}

async function link(
  services: LinkingServices,
  session: string,
  userId: string,
  known: SessionUser | undefined,
): Promise<number> {
  const { store, now } = services;
  // Remember the user first, so that a click that arrives meanwhile is already known to be theirs.
  const linked = known ?? (await store.claimSession(session, userId, now()));
  if (linked.userId !== userId) return 0;
  const moved = await store.moveResponses(session, userId, now(), MOST_MOVES);
  // One of the moved responses may be the click that brought the user.
  if (!linked.isSettled || moved > 0) await creditSignUp(services, userId);
  if (!linked.isSettled && moved < MOST_MOVES) await store.settleSession(session, userId, now());
  return moved;
}
