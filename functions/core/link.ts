import type { Using } from './services.ts';

/** Services to link a session. */
export type LinkingServices = Using<'findSessionUser' | 'putSessionUser' | 'moveResponses', 'now'>;

/**
 * Moves all responses of a session to its user, for every referral. Repeating it gives the same end state,
 * also after a crash in the middle.
 *
 * @returns the number of responses that this call moved.
 */
export async function linkSession(
  { store, now }: LinkingServices,
  session: string,
  userId: string,
): Promise<number> {
  // Remember the user first, so that a click that arrives meanwhile is already known to be theirs.
  if ((await store.findSessionUser(session)) !== userId) {
    await store.putSessionUser(session, userId);
  }
  return store.moveResponses(session, userId, now());
}
