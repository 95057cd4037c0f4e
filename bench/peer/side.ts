import type { Round } from '../figure.ts';
import { load } from './load.ts';

/** A referral service. */
export interface Side {
  readonly name: string;
  /** Starts the service in an empty directory, with one link and no clicks. */
  readonly start: (directory: string) => Promise<RunningSide>;
  /** Counts the calls or statements with which a new visitor's click asks the database, by kind. */
  readonly callsOfClick: (directory: string) => Promise<Readonly<Record<string, number>>>;
}

export interface RunningSide {
  readonly link: string;
  /** Milliseconds of processor time so far; `database` is 0 if it has no process of its own. */
  readonly cpu: () => Promise<{ readonly server: number; readonly database: number }>;
  /** Counts the stored clicks. */
  readonly countClicks: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** Seconds of full speed that are not measured, and of each load that is. */
const WARM_UP = 5;
const SECONDS = 8;

export const EQUAL_LOAD = 'equal load, clicks/s';

/**
 * Measures a service that has just started: at full speed, and under a load that is equal for all sides.
 *
 * @param rate of the equal load; undefined: half of what this side can take.
 * @throws Error if a click is not answered with a redirect, or not stored.
 */
export async function measure(side: RunningSide, rate: number | undefined): Promise<Round> {
  const clicks = { link: side.link, connections: 16, seconds: SECONDS };
  const warmUp = await load({ ...clicks, seconds: WARM_UP });
  const before = await side.cpu();
  const fullSpeed = await load(clicks);
  const after = await side.cpu();
  const equalRate = rate ?? Math.round(fullSpeed.clicksPerSecond / 2);
  const equalLoad = await load({ ...clicks, rate: equalRate });

  const answered = warmUp.clicks + fullSpeed.clicks + equalLoad.clicks;
  const stored = await side.countClicks();
  if (stored !== answered) throw new Error(`${answered} clicks were answered, ${stored} stored.`);
  const server = (after.server - before.server) / fullSpeed.clicks;
  const database = (after.database - before.database) / fullSpeed.clicks;
  return {
    'clicks/s': fullSpeed.clicksPerSecond,
    'p50, ms': fullSpeed.p50,
    'p99, ms': fullSpeed.p99,
    'CPU of a click, ms': server + database,
    '… without the database, ms': server,
    [EQUAL_LOAD]: equalRate,
    'p50 at equal load, ms': equalLoad.p50,
    'p99 at equal load, ms': equalLoad.p99,
  };
}
