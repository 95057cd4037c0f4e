import { streamHandler } from './messages/batch-handler.ts';
import { publish } from './messages/event-bus.ts';
import { recordFollower } from './messages/stream.ts';
import { services } from './setup/services.ts';

/** Follows what is new in the table: opens the hours to be counted, and publishes events. */
export const handler = streamHandler('Some of the stream is not followed yet.', () =>
  recordFollower({ ...services, publish }),
);
