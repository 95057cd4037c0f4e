import { showProgress } from '../cli/progress.ts';

/**
 * Measures each side once in every round. Each round begins with another side, so a machine that becomes
 * slower or faster meanwhile does so for all of them.
 *
 * @param what is counted on the screen, such as `processes`.
 * @returns the measurements of a side, by round.
 */
export async function alternate<Side, Measured>(
  what: string,
  rounds: number,
  sides: readonly Side[],
  measure: (side: Side) => Promise<Measured>,
): Promise<(side: Side) => Measured[]> {
  const measured = new Map(sides.map((side) => [side, [] as Measured[]]));
  const total = rounds * sides.length;
  const progress = showProgress(what, 0, total);
  try {
    for (let turn = 0; turn < total; turn++) {
      const round = Math.floor(turn / sides.length);
      const side = sides[(turn + round) % sides.length] as Side;
      measured.get(side)?.push(await measure(side));
      progress.update(turn + 1);
    }
  } finally {
    progress.stop();
  }
  return (side) => measured.get(side) ?? [];
}
