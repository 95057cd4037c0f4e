import { constants } from 'node:os';

/** A signal that Ctrl-C aborts. Only once: a second Ctrl-C ends the process there and then. */
export function interruptSignal(): AbortSignal {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => interrupt.abort(signal));
  }
  return interrupt.signal;
}

/** The exit code of a process that was interrupted. */
export const exitCodeOf = ({ reason }: AbortSignal): number =>
  128 + constants.signals[reason as 'SIGINT' | 'SIGTERM'];
