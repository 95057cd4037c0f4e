import { streamHandler } from './messages/batch-handler.ts';
import { eventPublisher } from './messages/event-bus.ts';
import { recordFollower } from './messages/stream.ts';
import { servicesFor } from './setup/services.ts';
import { consumeStream } from './triggers.ts';

const services = servicesFor(consumeStream);
const { eventBusName, streamDeadLettersUrl } = services.settings;
const publish = eventPublisher(eventBusName);

/** Follows what is new in the table: opens the hours to be counted, and publishes events. */
export const handler = streamHandler('Some of the stream is not followed yet.', () =>
  recordFollower({ ...services, publish }, streamDeadLettersUrl),
);
