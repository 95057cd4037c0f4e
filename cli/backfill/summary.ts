import { type Progress, seenUsers } from './backfill.ts';

/**
 * Lines for people: the results of all users, over all runs, and the next step.
 *
 * @example summarize(progress, { dryRun: false }) // 'Users seen: 3\nLinks created: 2\n…'
 */
export function summarize(progress: Progress, { dryRun }: { dryRun: boolean }): string {
  const { created, hadOne, unconfirmed, withoutSub, failed, failures, milliseconds } = progress;
  const unlisted = failed - failures.length;
  return [
    `Users seen: ${seenUsers(progress)}`,
    `${dryRun ? 'Would get a link' : 'Links created'}: ${created}`,
    `Had one already: ${hadOne}`,
    `Skipped, unconfirmed (they get a link when they confirm): ${unconfirmed}`,
    ...(withoutSub > 0 ? [`Skipped, without a sub: ${withoutSub}`] : []),
    `Failed: ${failed}`,
    ...failures.map(({ sub, reason }) => `  ${sub}: ${reason}`),
    ...(unlisted > 0 ? [`  and ${unlisted} more`] : []),
    `Seconds: ${(milliseconds / 1000).toFixed(1)}`,
    nextStep(failed, dryRun),
  ].join('\n');
}

function nextStep(failed: number, dryRun: boolean): string {
  if (failed > 0) {
    return 'Next: run the same command again. Users with a link keep it, failed users are tried again.';
  }
  return dryRun
    ? 'Nothing was written. Next: run the same command without --dry-run.'
    : 'Done: nothing is left to do.';
}
