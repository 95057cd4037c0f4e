import type { Using } from './services.ts';

/** What linking a session uses. */
export type LinkingServices = Using<'findSessionUser' | 'putSessionUser' | 'moveResponses', 'now'>;

/**
 * Moves everything a session did to the user it turned out to be, whichever referral it was for. Repeating
 * it, or dying in the middle and repeating it, gives the same end state.
 *
 * @returns how many responses this call moved.
 */
export async function linkSession(
  { store, now }: LinkingServices,
  session: string,
  userId: string,
): Promise<number> {
  // Remembered first: a click that comes in meanwhile is then already known to be this user's.
  if ((await store.findSessionUser(session)) !== userId) {
    await store.putSessionUser(session, userId);
  }
  return store.moveResponses(session, userId, now());
}
