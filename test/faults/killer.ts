import { setTimeout as delay } from 'node:timers/promises';
import type { Process } from './processes.ts';
import { seededRandom } from './random.ts';

export interface Killer {
  /** How many were killed so far. */
  readonly kills: () => number;
  /** Stops killing, and waits until all of them run again. */
  readonly stop: () => Promise<void>;
}

/**
 * Kills one of the processes every now and then and starts it again at once; it may be killed while it starts.
 *
 * @param every milliseconds from one kill to the next, at least and at most.
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
      // What it can't start for is in its crashes.
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
