import { ownReferral } from './create-referral.ts';
import { type LinkingServices, linkAtSignUp } from './link.ts';
import type { Owner } from './referral.ts';
import type { Using } from './services.ts';
import { isGenuine } from './session.ts';
import { recordSignUp } from './sign-up.ts';
import { type EnteringAtSignUpServices, enterCodeAtSignUp } from './typed-code.ts';

/** Services for a new user. */
type NewUserServices = Parameters<typeof ownReferral>[0] &
  LinkingServices &
  EnteringAtSignUpServices &
  Using<'markSignedUp', 'keys'>;

/** A sign-up, with the metadata that the app passed on. */
export interface SignUp {
  /** ISO 8601, UTC. Now by default. */
  readonly signedUpAt?: string;
  /** One that is not genuine is ignored. */
  readonly session?: string;
  /** The code that the user typed. */
  readonly code?: string;
}

/**
 * Gives a new user their link, remembers when they signed up, and credits the referral that brought them, as
 * far as that is known now. It is safe to repeat: a sign-up is credited once.
 *
 * @returns whether the code is accepted, or none was given. A wrong code keeps nobody from signing up.
 */
export async function welcomeUser(
  services: NewUserServices,
  { userId, attributes }: Owner,
  { signedUpAt: at, session: given, code }: SignUp,
): Promise<boolean> {
  const { store, keys, now } = services;
  const { referral } = await ownReferral(services, userId, attributes);
  const isOurs = given !== undefined && isGenuine(given, await keys.ofSessions());
  const session = isOurs ? given : undefined;
  // First, because a session may be linked, and credit the sign-up, as soon as its time is known.
  const isAccepted = !code || (await enterCodeAtSignUp(services, referral, code, session));
  const signedUpAt = referral.signedUpAt ?? at ?? now().toISOString();
  if (referral.signedUpAt === undefined) await store.markSignedUp(referral.code, signedUpAt);
  // Without the session too, because one may have been linked before the sign-up was known here.
  if (session === undefined) await recordSignUp(services, userId, signedUpAt);
  else await linkAtSignUp(services, session, userId, signedUpAt);
  return isAccepted;
}
