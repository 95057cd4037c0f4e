import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { idleRows } from '../../bench/cost/idle.ts';

/** Without what a run of the schedule takes, which only the benchmark knows: two cents in all. */
const rows = new Map(idleRows(0).map(({ name, figures }) => [name, figures]));

const cents = (amount: unknown) => Math.round(Number(amount) * 100) / 100;

test('a stack that nobody uses pays for two queues, and for alarms and a dashboard where asked for', () => {
  expect([...rows].map(([name, figures]) => [name, ...Object.values(figures).map(cents)])).toEqual([
    ['queues: asked for messages', 0.53, 0.53, 0.53],
    ['hours: the schedule', 0, 0, 0],
    ['alarms', 0, 2, 2],
    ['dashboard', 0, 0, 3],
    ['all, a month', 0.53, 2.53, 5.53],
  ]);
});

test('docs/deploy.md says what that is', async () => {
  const page = (await readFile('docs/deploy.md', 'utf8')).replaceAll('\n', ' ');
  const [, idle, count, alarming] =
    /costs some \$([\d.]+) a month .* With the (\d+) alarms it costs \$([\d.]+)/.exec(page) ?? [];
  const total = rows.get('all, a month') ?? {};
  expect([Number(idle), Number(alarming)].map((amount) => amount.toFixed(1))).toEqual(
    ['by the defaults', 'with alarms'].map((stack) => Number(total[stack]).toFixed(1)),
  );
  expect(Number(count) * 0.1).toBeCloseTo(Number(rows.get('alarms')?.['with alarms']), 5);
});
