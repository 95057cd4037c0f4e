import { GONE } from './bring-back.ts';
import { keptLetters, type Tally } from './redrive.ts';

/**
 * What became of the dead letters, and what to do next; lines for people.
 *
 * @param hidden how many somebody else had received when this started.
 * @example summarize({ done: 2, kept: new Map(), late: 0 }, 0) // 'Brought back: 2\nDone: …'
 */
export function summarize(tally: Tally, hidden: number): string {
  const { done, kept, late } = tally;
  const gone = kept.get(GONE) ?? 0;
  const failed = keptLetters(tally) - gone;
  return [
    `Brought back: ${done}`,
    ...[...kept].map(([reason, count]) => `Kept: ${count}, because ${reason}`),
    late > 0 && `Came in meanwhile: ${late}`,
    hidden > 0 &&
      `Not to be had for now: ${hidden}, which somebody received within a quarter of an hour`,
    gone > 0 &&
      'Next: npx referrals recount --table-name <TableName> --repair, which sets counts right; the events are lost. When no other letters are left, delete these: aws sqs purge-queue.',
    failed > 0 && 'Next: repair that, and run the same command again.',
    late > 0 &&
      'Next: read the log of the function that could not take them, repair that, and run the same command again.',
    hidden > 0 && 'Next: run the same command again then.',
    keptLetters(tally) + late + hidden === 0 && 'Done: nothing is left to do.',
  ]
    .filter(Boolean)
    .join('\n');
}
