import { type Background, inBackground, pause } from './background.ts';

/** Runs something now, and again after each interval. Reports failures, and goes on. */
export const runEvery = (
  milliseconds: number,
  run: () => Promise<unknown>,
  report: (error: unknown) => void,
): Background =>
  inBackground(async (signal) => {
    while (!signal.aborted) {
      await run().catch((error) => {
        if (!signal.aborted) report(error);
      });
      await pause(milliseconds, signal);
    }
  });
