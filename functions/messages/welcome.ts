import { welcomeUser } from '../core/new-user.ts';
import { logger } from '../setup/telemetry.ts';
import type { SignUpMessage } from './queue-messages.ts';

/** Welcomes a new user. A wrong code is logged, but not its value: people type all sorts of things. */
export async function welcome(
  services: Parameters<typeof welcomeUser>[0],
  message: SignUpMessage,
): Promise<void> {
  const isAccepted = await welcomeUser(services, message, message);
  if (!isAccepted) logger.warn('The referralCode of a sign-up leads to no link.');
}
