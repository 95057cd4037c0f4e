import { SingleBar } from 'cli-progress';

/** Milliseconds between two lines without a terminal. */
const LINE_INTERVAL = 5_000;

export interface ProgressDisplay {
  readonly update: (done: number) => void;
  readonly stop: () => void;
}

/**
 * Shows progress on stdout: a bar on a terminal, else a line every five seconds.
 *
 * @param what plural of the counted thing, such as `users`.
 * @param done number of finished ones.
 * @param total estimate of all; undefined to show counts only.
 */
export function showProgress(
  what: string,
  done: number,
  total: number | undefined,
): ProgressDisplay {
  const isTerminal = process.stdout.isTTY;
  const counted = total === undefined ? `{value} ${what}` : `{value} of about {total} ${what}`;
  const format =
    isTerminal && total !== undefined
      ? `{bar} {percentage}% | ${counted} | {eta_formatted}`
      : counted;
  const bar = new SingleBar({
    format,
    stream: process.stdout,
    clearOnComplete: true,
    noTTYOutput: true,
    notTTYSchedule: LINE_INTERVAL,
  });
  bar.start(total ?? 0, done);
  return { update: (current) => bar.update(current), stop: () => bar.stop() };
}
