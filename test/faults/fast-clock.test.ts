import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { startFastClock } from './fast-clock.ts';

test('another process has the same fast time, however it asks for it', () => {
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
  // Starting a process takes at least some milliseconds, and each of them is 3.6 seconds here.
  expect(fastNow() - start.getTime()).toBeGreaterThan(30_000);
});
