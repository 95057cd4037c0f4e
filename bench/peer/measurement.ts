import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clickAtFullSpeed, clickAtRate, type Load } from './load.ts';
import type { Cpu, RunningSide, Side } from './side.ts';

export interface MeasurementOptions {
  /** Seconds of each of the two loads. */
  readonly seconds: number;
  /** Seconds of full speed before anything is measured. */
  readonly warmUp: number;
  readonly connections: number;
}

export interface Measurement {
  readonly fullSpeed: Load;
  /** Milliseconds of a click at full speed. */
  readonly cpu: Cpu;
  /** Clicks a second of the equal load. */
  readonly rate: number;
  readonly equalLoad: Load;
}

/**
 * Measures a side in new processes on a new database.
 *
 * @param rate of the equal load; undefined: half of what this side can take.
 * @throws Error where a click is not answered by a redirect, or not stored.
 */
export const measure = (
  side: Side,
  rate: number | undefined,
  options: MeasurementOptions,
): Promise<Measurement> =>
  inDirectory(async (directory) => {
    const running = await side.start(directory);
    try {
      return await measureRunning(running, rate, options);
    } finally {
      await running.stop();
    }
  });

async function measureRunning(
  { link, cpu, countClicks }: RunningSide,
  rate: number | undefined,
  { warmUp, ...options }: MeasurementOptions,
): Promise<Measurement> {
  const load = { link, ...options };
  const warming = await clickAtFullSpeed({ ...load, seconds: warmUp });
  const before = await cpu();
  const fullSpeed = await clickAtFullSpeed(load);
  const after = await cpu();
  const equalRate = rate ?? Math.round(fullSpeed.clicksPerSecond / 2);
  const equalLoad = await clickAtRate(equalRate, load);

  const answered = warming.clicks + fullSpeed.clicks + equalLoad.clicks;
  const stored = await countClicks();
  if (stored !== answered) throw new Error(`Of ${answered} clicks ${stored} are stored.`);
  return {
    fullSpeed,
    cpu: {
      server: (after.server - before.server) / fullSpeed.clicks,
      database: (after.database - before.database) / fullSpeed.clicks,
    },
    rate: equalRate,
    equalLoad,
  };
}

/** Works in a new directory. Where that fails, the directory stays, with the logs in it. */
export async function inDirectory<Result>(
  work: (directory: string) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'referrals-peer-'));
  const result = await work(directory);
  await rm(directory, { recursive: true });
  return result;
}
