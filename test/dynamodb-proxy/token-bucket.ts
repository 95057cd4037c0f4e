/** Units that come in at a rate, of which a second's worth is kept at most. */
export interface TokenBucket {
  readonly isEmpty: () => boolean;
  /** May overdraw it, so that what is larger than the bucket gets through at all. */
  readonly take: (units: number) => void;
}

/**
 * A bucket that is full to begin with.
 *
 * @param rate units for each second.
 * @param now milliseconds.
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
