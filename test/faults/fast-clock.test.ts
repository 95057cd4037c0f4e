import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { startFastClock } from './fast-clock.ts';

test('another process has the same fast time, in whatever way it asks', () => {
  const start = new Date('2026-11-24T09:00:00Z');
  const { fastNow, variables } = startFastClock({ start, factor: 3600 });
  const script = `
    const time = [Date.now(), new Date().getTime()];
    const same = new Date(0).getTime() === 0 && new Date() instanceof Date;
    console.log(JSON.stringify({ time, same }))`;
  const before = fastNow();
  const printed = execFileSync(process.execPath, ['-e', script], {
    env: { ...process.env, ...variables },
    encoding: 'utf8',
  });
  const { time, same } = JSON.parse(printed);
  const times = [start.getTime(), before, ...time, fastNow()];
  expect([times, same]).toEqual([times.toSorted((a, b) => a - b), true]);
  // To start a process takes some milliseconds at least, and here each is 3.6 seconds.
  expect(fastNow() - start.getTime()).toBeGreaterThan(30_000);
});
