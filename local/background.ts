import { setTimeout as delay } from 'node:timers/promises';

/** Work that goes on until it is stopped. */
export interface Background {
  /** Stops the work. Resolves when it has ended. */
  readonly stop: () => Promise<void>;
}

/** Runs work in the background. The work must end when its signal is aborted. */
export function inBackground(work: (signal: AbortSignal) => Promise<void>): Background {
  const stopping = new AbortController();
  const ended = work(stopping.signal);
  return {
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}

/** Waits for some milliseconds, or until the signal is aborted. It does not keep the process alive. */
export const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  delay(milliseconds, undefined, { ref: false, signal }).catch(() => undefined);
