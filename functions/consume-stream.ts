import { changeFollower } from './core/events.ts';
import { streamHandler } from './edge/batch-handler.ts';
import { publish } from './edge/event-bus.ts';
import { runningHours, services } from './edge/services.ts';
import { readOrSetAside } from './edge/stream.ts';

/** Follows what is new in the table: opens the hours to be counted, and publishes events. */
export const handler = streamHandler('Some of the stream is not followed yet.', () => {
  const follow = changeFollower({ ...services, publish }, runningHours);
  return async (record) => {
    const change = await readOrSetAside(record);
    if (change !== undefined) await follow(change);
  };
});
