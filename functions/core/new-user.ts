import { ownReferral } from './create-referral.ts';
import { type LinkingServices, linkSession } from './link.ts';
import type { Owner } from './referral.ts';
import type { Using } from './services.ts';
import { isGenuine } from './session.ts';
import { recordSignUp } from './sign-up.ts';

/** Services for a new user. */
type NewUserServices = Parameters<typeof ownReferral>[0] &
  LinkingServices &
  Using<'markSignedUp', 'keys'>;

/**
 * Gives a new user their link, remembers when they signed up, and credits the referral that brought them, as
 * far as that is known now. It is safe to repeat: a sign-up is credited once.
 *
 * @param session the session that the app passed on; one that is not genuine is ignored.
 */
export async function welcomeUser(
  services: NewUserServices,
  { userId, attributes }: Owner,
  session: string | undefined,
): Promise<void> {
  const { store, keys, now } = services;
  const { referral } = await ownReferral(services, userId, attributes);
  if (referral.signedUpAt === undefined) {
    await store.markSignedUp(referral.code, now().toISOString());
  }
  if (session !== undefined && isGenuine(session, await keys.ofSessions())) {
    await linkSession(services, session, userId);
  }
  // A session may have been linked before the sign-up was known here.
  await recordSignUp(services, userId);
}
