import { setTimeout as delay } from 'node:timers/promises';

/** Something that goes on until it is stopped. */
export interface Background {
  /** Resolves when it has come to its end. */
  readonly stop: () => Promise<void>;
}

/** Has something go on in the background; it is to end when its signal is aborted. */
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
