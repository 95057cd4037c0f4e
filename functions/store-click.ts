import { storeClick } from './core/click.ts';
import { queueHandler } from './edge/batch-handler.ts';
import { readClick } from './edge/queue-messages.ts';
import { services } from './edge/services.ts';
import { countMetric, publishMetrics } from './edge/telemetry.ts';

/** Stores the clicks of the queue, which were redirected and could not be stored at once. */
export const handler = queueHandler('A click is still not stored.', async (body) => {
  const kind = await storeClick(services, readClick(body));
  countMetric('Clicks', 1, { kind });
  // Before the next click of the batch, which may be of another kind.
  publishMetrics();
});
