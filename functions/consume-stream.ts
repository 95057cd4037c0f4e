import { streamHandler } from './messages/batch-handler.ts';
import { eventPublisher } from './messages/event-bus.ts';
import { recordFollower } from './messages/stream.ts';
import { services as allServices, type ServicesFor } from './setup/services.ts';
import type { consumeStream } from './triggers.ts';

const services: ServicesFor<typeof consumeStream> = allServices;
const { eventBusName, streamDeadLettersUrl } = services.settings;
const publish = eventPublisher(eventBusName);

/** Follows what is new in the table: opens the hours to be counted, and publishes events. */
export const handler = streamHandler('Some of the stream is not followed yet.', () =>
  recordFollower({ ...services, publish }, streamDeadLettersUrl),
);
