import { setTimeout as delay } from 'node:timers/promises';
import type { Process } from './processes.ts';
import { seededRandom } from './random.ts';

export interface Killer {
  /** Number of kills so far. */
  readonly kills: () => number;
  /** Stops killing, and waits until all of them run again. */
  readonly stop: () => Promise<void>;
}

/**
 * Kills one of the processes every now and then and starts it again at once. It may kill one that is starting.
 *
 * @param every the shortest and the longest time between two kills, in milliseconds.
 */
export function killAtRandom(
  processes: readonly Process[],
  seed: number,
  { every: [least, most] }: { every: readonly [number, number] },
): Killer {
  const random = seededRandom(seed);
  const stopping = new AbortController();
  const { signal } = stopping;
  let kills = 0;

  async function run(): Promise<void> {
    while (!signal.aborted) {
      await delay(random.between(least, most), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const victim = random.pick(processes);
      await victim.kill();
      kills += 1;
      // If it can't start, its crashes say why.
      victim.start().catch(() => undefined);
    }
  }
  const running = run();

  return {
    kills: () => kills,
    async stop() {
      stopping.abort();
      await running;
      await Promise.all(processes.map((process) => process.start()));
    },
  };
}
