import { constants } from 'node:os';

/** Makes a signal that Ctrl-C aborts. A second Ctrl-C ends the process at once. */
export function interruptSignal(): AbortSignal {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => interrupt.abort(signal));
  }
  return interrupt.signal;
}

/** The exit code of an interrupted process. */
export const exitCodeOf = ({ reason }: AbortSignal): number =>
  128 + constants.signals[reason as 'SIGINT' | 'SIGTERM'];
