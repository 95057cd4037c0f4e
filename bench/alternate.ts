import { showProgress } from '../cli/progress.ts';

/**
 * Measures each side once in every round, and begins each round with another one: what changes on the
 * machine meanwhile changes all of them.
 *
 * @param what is counted while it goes on, such as `processes`.
 * @returns what was measured of each side, in the order of the sides.
 */
export async function alternate<Side, Measured>(
  what: string,
  rounds: number,
  sides: readonly Side[],
  measure: (side: Side, round: number) => Promise<Measured>,
): Promise<Measured[][]> {
  const measured: Measured[][] = sides.map(() => []);
  const total = rounds * sides.length;
  const progress = showProgress(what, 0, total);
  try {
    for (let turn = 0; turn < total; turn++) {
      const round = Math.floor(turn / sides.length);
      const index = (turn + round) % sides.length;
      measured[index]?.push(await measure(sides[index] as Side, round));
      progress.update(turn + 1);
    }
  } finally {
    progress.stop();
  }
  return measured;
}
