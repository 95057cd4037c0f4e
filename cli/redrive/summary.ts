import { GONE } from './bring-back.ts';
import { keptLetters, type Tally } from './redrive.ts';

/**
 * Lines for people: the results of the dead letters, and the next step.
 *
 * @param hidden number of letters that somebody else had received at the start.
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
      `Not available now: ${hidden}, because somebody received them within the last 15 minutes`,
    gone > 0 &&
      'Next: run npx referrals recount --table-name <TableName> --repair to correct the counts; the events are lost. When no other letters are left, delete these with aws sqs purge-queue.',
    failed > 0 && 'Next: fix that, and run the same command again.',
    late > 0 &&
      'Next: read the log of the function that failed, fix the cause, and run the same command again.',
    hidden > 0 && 'Next: run the same command again in 15 minutes.',
    keptLetters(tally) + late + hidden === 0 && 'Done: nothing is left to do.',
  ]
    .filter(Boolean)
    .join('\n');
}
