import { storeClick } from './core/click.ts';
import { queueHandler } from './messages/batch-handler.ts';
import { readClick } from './messages/queue-messages.ts';
import { services as allServices, type ServicesFor } from './setup/services.ts';
import type { storeClick as trigger } from './triggers.ts';

const services: ServicesFor<typeof trigger> = allServices;

/** Stores the clicks in the queue. They got their redirect, but could not be stored at once. */
export const handler = queueHandler('A click is still not stored.', async (body) => {
  await storeClick(services, readClick(body));
});
