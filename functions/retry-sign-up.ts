import { signUp } from './core/sign-up.ts';
import { queueHandler } from './messages/batch-handler.ts';
import { readSignUp } from './messages/queue-messages.ts';
import { services as allServices, type ServicesFor } from './setup/services.ts';
import type { retrySignUp } from './triggers.ts';

const services: ServicesFor<typeof retrySignUp> = allServices;

/** Gives the sign-ups of the queue the links that they could not get at once. */
export const handler = queueHandler('A sign-up is still without its link.', async (body) => {
  const { session, ...owner } = readSignUp(body);
  await signUp(services, owner, session);
});
