/** How a million clicks come, for what depends on it. */
export const traffic = {
  clicks: 1_000_000,
  days: 1,
  /** On each of which something happens in every hour, and in nearly every minute. */
  links: 100,
  /** Of the function of the click, each of which looks a link up once a minute. */
  instances: 2,
  /** Of the table's stream: a new table on demand has four partitions. */
  shards: 4,
  /** Seconds for which Lambda waits for a batch of the stream to fill, see `lib/table-stream.ts`. */
  batchingWindow: 2,
} as const;

/** Clicks of a link in an hour. */
export const clicksOfHour = Math.round(traffic.clicks / (traffic.days * 24 * traffic.links));

/** Clicks that the consumer of the stream gets at once. */
export const clicksOfBatch = Math.round(
  (traffic.clicks / (traffic.days * 24 * 3_600) / traffic.shards) * traffic.batchingWindow,
);
