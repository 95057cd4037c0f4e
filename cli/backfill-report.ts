import { SingleBar } from 'cli-progress';
import { type Progress, seenUsers } from './backfill.ts';

/** Milliseconds between two lines where there is no terminal. */
const LINE_INTERVAL = 5_000;

export interface ProgressDisplay {
  readonly update: (progress: Progress) => void;
  readonly stop: () => void;
}

/**
 * Shows progress on stdout: a bar on a terminal, else a line every five seconds.
 *
 * @param total about how many users there are; undefined: counts only.
 */
export function showProgress(progress: Progress, total: number | undefined): ProgressDisplay {
  const isTerminal = process.stdout.isTTY;
  const users = total === undefined ? '{value} users' : '{value} of about {total} users';
  const format =
    isTerminal && total !== undefined ? `{bar} {percentage}% | ${users} | {eta_formatted}` : users;
  const bar = new SingleBar({
    format,
    stream: process.stdout,
    clearOnComplete: true,
    noTTYOutput: true,
    notTTYSchedule: LINE_INTERVAL,
  });
  bar.start(total ?? 0, seenUsers(progress));
  return {
    update: (current) => bar.update(seenUsers(current)),
    stop: () => bar.stop(),
  };
}

/**
 * What became of all users, over all runs, and what to do next; lines for people.
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
    `Skipped, unconfirmed (confirming gives them theirs): ${unconfirmed}`,
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
    return 'Next: run the same command again. Who has a link keeps it, who failed is tried anew.';
  }
  return dryRun
    ? 'Nothing was written. Next: run the same command without --dry-run.'
    : 'Done: nothing is left to do.';
}
