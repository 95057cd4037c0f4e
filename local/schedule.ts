import { type Background, inBackground, pause } from './background.ts';

/** Runs something now and then every so many milliseconds; what fails is reported, and run again in time. */
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
