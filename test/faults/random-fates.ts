import type { Decide, Fate } from '../dynamodb-proxy/fates.ts';
import { seededRandom } from './random.ts';

/** How often a request has each fate. The other requests pass. */
export type Odds = Partial<Record<Extract<Fate, string>, number>>;

/**
 * Draws the fate of each request. The n-th request has the same fate in every run with this seed.
 *
 * @example proxy.decide = randomFates(seed, { throttle: 0.3, error: 0.05, 'cut-after': 0.05 });
 */
export function randomFates(seed: number, odds: Odds): Decide {
  const { fraction } = seededRandom(seed);
  return () => {
    let drawn = fraction();
    for (const [fate, probability] of Object.entries(odds)) {
      drawn -= probability;
      if (drawn < 0) return fate as Fate;
    }
    return 'pass';
  };
}
