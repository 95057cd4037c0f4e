import { streamHandler } from './messages/batch-handler.ts';
import { eventPublisher } from './messages/event-bus.ts';
import { recordFollower } from './messages/stream.ts';
import { services as allServices, type ServicesFor } from './setup/services.ts';
import type { consumeStream } from './triggers.ts';

const services: ServicesFor<typeof consumeStream> = allServices;
const { eventBusName, streamDeadLettersUrl } = services.settings;
const publish = eventPublisher(eventBusName);

/** Follows new items in the table: opens the hours to count, and publishes events. */
export const handler = streamHandler('Some records of the stream are not processed yet.', () =>
  recordFollower({ ...services, publish }, streamDeadLettersUrl),
);
