import { streamHandler } from './edge/batch-handler.ts';
import { publish } from './edge/event-bus.ts';
import { services } from './edge/services.ts';
import { recordFollower } from './edge/stream.ts';

/** Follows what is new in the table: opens the hours to be counted, and publishes events. */
export const handler = streamHandler('Some of the stream is not followed yet.', () =>
  recordFollower({ ...services, publish }),
);
