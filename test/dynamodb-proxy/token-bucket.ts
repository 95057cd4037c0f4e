/** Units that arrive at a fixed rate. It keeps at most the units of one second. */
export interface TokenBucket {
  readonly isEmpty: () => boolean;
  /** May overdraw the bucket, so that a write larger than the bucket can pass. */
  readonly take: (units: number) => void;
}

/**
 * A bucket that starts full.
 *
 * @param rate units per second.
 * @param now the time in milliseconds.
 */
export function tokenBucket(rate: number, now: () => number): TokenBucket {
  let level = rate;
  let levelAt = now();
  return {
    isEmpty: () => {
      const time = now();
      level = Math.min(rate, level + ((time - levelAt) / 1000) * rate);
      levelAt = time;
      return level <= 0;
    },
    take: (units) => {
      level -= units;
    },
  };
}
