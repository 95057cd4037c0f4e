import type { Using } from './services.ts';
import { type CreditingServices, creditSignUp, recordSignUp } from './sign-up.ts';
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

/**
 * Links the session that a sign-up came with, and credits the sign-up.
 *
 * @param signedUpAt ISO 8601, UTC.
 */
export async function linkAtSignUp(
  services: LinkingServices,
  session: string,
  userId: string,
  signedUpAt: string,
): Promise<void> {
  const known = await services.store.findSessionUser(session);
  const { isComplete } = await take(services, session, userId, known);
  await recordSignUp(services, userId, signedUpAt);
  if (isComplete) await settle(services, session, userId);
}

async function link(
  services: LinkingServices,
  session: string,
  userId: string,
  known: SessionUser | undefined,
): Promise<number> {
  const { moved, isNew, isComplete } = await take(services, session, userId, known);
  // One of the moved responses may be the click that brought the user.
  if (isNew || moved > 0) await creditSignUp(services, userId);
  if (isComplete) await settle(services, session, userId);
  return moved;
}

/** Makes a session the user's, unless it is somebody else's, and moves its responses. */
async function take(
  { store, now }: LinkingServices,
  session: string,
  userId: string,
  known: SessionUser | undefined,
): Promise<{ moved: number; isNew: boolean; isComplete: boolean }> {
  // Remember the user first, so that a click that arrives meanwhile is already known to be theirs.
  const linked = known ?? (await store.claimSession(session, userId, now()));
  if (linked.userId !== userId) return { moved: 0, isNew: false, isComplete: false };
  const moved = await store.moveResponses(session, userId, now(), MOST_MOVES);
  const isNew = !linked.isSettled;
  return { moved, isNew, isComplete: isNew && moved < MOST_MOVES };
}

/** Remembers that there is nothing left to do for a session. */
const settle = ({ store, now }: LinkingServices, session: string, userId: string): Promise<void> =>
  store.settleSession(session, userId, now());
