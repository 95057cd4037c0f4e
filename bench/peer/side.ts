import { type Answered, load } from './load.ts';

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

export interface Measurement {
  readonly fullSpeed: Answered;
  /** Milliseconds of processor time of a click at full speed, with and without the database. */
  readonly cpu: number;
  readonly cpuOfServer: number;
  /** Clicks a second of the equal load. */
  readonly rate: number;
  readonly equalLoad: Answered;
}

/** Seconds of full speed that are not measured, and of each load that is. */
const WARM_UP = 5;
const SECONDS = 8;

/**
 * Measures a running service, which nobody has clicked on yet.
 *
 * @param rate of the equal load; undefined: half of what this side can take.
 * @throws Error if a click is not answered with a redirect, or not stored.
 */
export async function measure(side: RunningSide, rate: number | undefined): Promise<Measurement> {
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
  const cpuOfServer = (after.server - before.server) / fullSpeed.clicks;
  const cpuOfDatabase = (after.database - before.database) / fullSpeed.clicks;
  return { fullSpeed, cpu: cpuOfServer + cpuOfDatabase, cpuOfServer, rate: equalRate, equalLoad };
}
