import { expect, onTestFinished, test, vi } from 'vitest';
import { runEvery } from '../../local/schedule.ts';

const nothing = () => undefined;

test('a schedule runs at once, and again after the last run has ended', async () => {
  const runs: PromiseWithResolvers<void>[] = [];
  const run = () => {
    const next = Promise.withResolvers<void>();
    runs.push(next);
    return next.promise;
  };
  onTestFinished(runEvery(5, run, nothing).stop);
  for (const count of [1, 2, 3]) {
    await vi.waitFor(() => expect(runs).toHaveLength(count), 20_000);
    runs.at(-1)?.resolve();
  }
});

test('a failed run is reported, and the next run still comes', async () => {
  const error = new Error('Not today.');
  const reports: unknown[] = [];
  const report = (reported: unknown) => reports.push(reported);
  onTestFinished(runEvery(5, () => Promise.reject(error), report).stop);
  await vi.waitFor(() => expect(reports.slice(0, 3)).toEqual([error, error, error]), 20_000);
});

test('a schedule stops after the current run and does not wait for the next', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const run = vi.fn(() => promise);
  const { stop } = runEvery(60_000, run, nothing);
  const stopped = stop();
  resolve();
  await stopped;
  expect(run).toHaveBeenCalledTimes(1);
});

test('a run that fails during the stop is not reported', async () => {
  const { promise, reject } = Promise.withResolvers<void>();
  const report = vi.fn();
  const stopped = runEvery(60_000, () => promise, report).stop();
  reject(new Error('The database is gone.'));
  await stopped;
  expect(report).not.toHaveBeenCalled();
});
