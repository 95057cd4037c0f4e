import { queueHandler } from './messages/batch-handler.ts';
import { readSignUp } from './messages/queue-messages.ts';
import { welcome } from './messages/welcome.ts';
import { services as allServices, type ServicesFor } from './setup/services.ts';
import type { retrySignUp } from './triggers.ts';

const services: ServicesFor<typeof retrySignUp> = allServices;

/** Gives the users in the queue their links, which failed at sign-up. */
export const handler = queueHandler('A sign-up still has no link.', async (body) => {
  await welcome(services, readSignUp(body));
});
