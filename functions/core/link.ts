import type { Using } from './services.ts';
import { type CreditingServices, creditSignUp, recordSignUp } from './sign-up.ts';
import type { SessionUser } from './store.ts';

/** Services to link a session. */
export type LinkingServices = CreditingServices &
  Using<'findSessionUser' | 'claimSession' | 'settleSession' | 'linkResponses'>;

/** Responses that one call links at most. The next call links the rest. */
const MOST_RESPONSES = 500;

/**
 * Links the responses of a session to its user, for every referral, and credits the user's sign-up if that is
 * still to be done. Repeating it gives the same end state, also after a crash in the middle.
 *
 * A session that is linked to a user stays theirs: for any other user, nothing is linked.
 *
 * @returns the number of responses that this call linked.
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
  const { linked, isNew, isComplete } = await take(services, session, userId, known);
  // One of the linked responses may be the click that brought the user.
  if (isNew || linked > 0) await creditSignUp(services, userId);
  if (isComplete) await settle(services, session, userId);
  return linked;
}

/** Makes a session the user's, unless it is somebody else's, and links its responses. */
async function take(
  { store, now }: LinkingServices,
  session: string,
  userId: string,
  known: SessionUser | undefined,
): Promise<{ linked: number; isNew: boolean; isComplete: boolean }> {
  // Remember the user first, so that a click that arrives meanwhile is already known to be theirs.
  const user = known ?? (await store.claimSession(session, userId, now()));
  if (user.userId !== userId) return { linked: 0, isNew: false, isComplete: false };
  const linked = await store.linkResponses(session, userId, MOST_RESPONSES);
  const isNew = !user.isSettled;
  return { linked, isNew, isComplete: isNew && linked < MOST_RESPONSES };
}

/** Remembers that there is nothing left to do for a session. */
const settle = ({ store, now }: LinkingServices, session: string, userId: string): Promise<void> =>
  store.settleSession(session, userId, now());
