/** How a million clicks come. The bill depends on it. */
export const traffic = {
  clicks: 1_000_000,
  days: 1,
  /** Links that are clicked in every hour, and in nearly every minute. */
  links: 100,
  /** Instances of the click's function. Each looks a link up once a minute. */
  instances: 2,
  /** Shards of the table's stream: a new table on demand has four partitions. */
  shards: 4,
  /** Seconds for which Lambda waits for a batch of the stream to fill, see `lib/table-stream.ts`. */
  batchingWindow: 2,
} as const;

/** Clicks on a link in an hour. */
export const clicksOfHour = Math.round(traffic.clicks / (traffic.days * 24 * traffic.links));

/** Clicks in a batch of the stream. */
export const clicksOfBatch = Math.round(
  (traffic.clicks / (traffic.days * 24 * 3_600) / traffic.shards) * traffic.batchingWindow,
);
