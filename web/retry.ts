import pRetry from 'p-retry';
import { ReferralsProblem } from './problem.ts';

/** Attempts after the first one. */
const RETRIES = 3;
/** Shortest wait before the second attempt, in milliseconds. It is random, and doubled for each further one. */
const BACKOFF = 250;
/** The longest wait that somebody is made to sit through because the service asks for it, in seconds. */
const MAX_WAIT = 10;

/**
 * Tries something up to four times.
 *
 * @param mayRepeat whether another attempt is safe, and may succeed. Errors that are no problem are not repeated.
 * @param signal ends attempts and waits.
 */
export const withRetries = <Answer>(
  attempt: () => Promise<Answer>,
  mayRepeat: (problem: ReferralsProblem) => boolean,
  signal: AbortSignal | undefined,
): Promise<Answer> =>
  pRetry(attempt, {
    retries: RETRIES,
    minTimeout: BACKOFF,
    randomize: true,
    signal,
    shouldRetry: async ({ error }) => {
      if (!(error instanceof ReferralsProblem) || !mayRepeat(error)) return false;
      const { retryAfter = 0 } = error;
      if (retryAfter > MAX_WAIT) return false;
      // The random wait comes on top, so that not everybody comes back at the same moment.
      await pause(retryAfter * 1000, signal);
      return true;
    },
  });

/** Waits, until the signal at most. */
const pause = (milliseconds: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener('abort', end);
  });
