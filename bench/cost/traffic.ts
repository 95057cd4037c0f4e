/** How a million clicks come. The bill depends on it. */
export interface Traffic {
  readonly name: string;
  readonly days: number;
  /** Links that share the clicks evenly. */
  readonly links: number;
  /** Instances of the click's function. Each remembers a link for a minute. */
  readonly instances: number;
}

export const CLICKS = 1_000_000;

/** Shards of the table's stream: a new table on demand has four partitions. */
export const SHARDS = 4;

/** Seconds for which Lambda waits for a batch of the stream to fill, see `lib/table-stream.ts`. */
const BATCHING_WINDOW = 10;

/** A campaign, and an app whose users have a link each. */
export const traffics: readonly Traffic[] = [
  { name: '100 busy links', days: 1, links: 100, instances: 2 },
  { name: '10,000 quiet links', days: 30, links: 10_000, instances: 1 },
];

/** Clicks on a link in a day. */
export const clicksOfDay = ({ days, links }: Traffic): number => CLICKS / days / links;

/** Clicks in a batch of the stream: the one with which it begins, and those that come while Lambda waits. */
export const clicksOfBatch = ({ days }: Traffic): number =>
  1 + (CLICKS / (days * 24 * 3_600) / SHARDS) * BATCHING_WINDOW;

/** Share of the clicks whose link has to be looked up: after a click, the others of its minute need not. */
export const lookedUp = (traffic: Traffic): number =>
  1 / (1 + clicksOfDay(traffic) / (24 * 60) / traffic.instances);
