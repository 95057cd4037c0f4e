import { storeClick as storeInDomain } from './core/click.ts';
import { queueHandler } from './messages/batch-handler.ts';
import { readClick } from './messages/queue-messages.ts';
import { servicesFor } from './setup/services.ts';
import { storeClick } from './triggers.ts';

const services = servicesFor(storeClick);

/** Stores the clicks of the queue, which were redirected and could not be stored at once. */
export const handler = queueHandler('A click is still not stored.', async (body) => {
  await storeInDomain(services, readClick(body));
});
