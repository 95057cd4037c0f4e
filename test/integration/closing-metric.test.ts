import type { Context } from 'aws-lambda';
import { expect, inject, test, vi } from 'vitest';
import { clicked, domainOn, ownTable } from './domain.ts';

const HOUR = 3_600_000;

test('a delay is a metric, and a run in time sends nothing, because a metric costs while it is sent', async () => {
  const outputs = await ownTable(inject('outputs'));
  vi.stubEnv('TABLE_NAME', outputs.TableName);
  vi.stubEnv('API_URL', 'https://api.example.com');
  vi.stubEnv('APP_URL', 'https://app.example.com');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', undefined);
  const { handler } = await import('../../functions/close-hours.ts');
  const { openHour } = await import('../../functions/core/marks.ts');
  const { hourAt } = await import('../../functions/core/hours.ts');
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const run = async () => {
    const answer = await handler({}, { getRemainingTimeInMillis: () => 60_000 } as Context);
    const lines = printed.mock.calls.map(([line]) => JSON.parse(String(line)));
    printed.mockClear();
    return { answer, metrics: Object.assign({}, ...lines) };
  };

  const idle = await run();
  const domain = domainOn(outputs);
  domain.clock.now = new Date(Date.now() - 2 * HOUR);
  const { referral } = await clicked(domain);
  await openHour(domain, referral.code, hourAt(domain.clock.now.getTime()));
  const busy = await run();
  printed.mockRestore();
  expect(idle).toEqual({ answer: { closed: 0 }, metrics: {} });
  expect(busy.answer).toEqual({ closed: 1 });
  // The hour before the last was due five minutes after its end.
  expect(busy.metrics.MinutesBehind).toBeGreaterThanOrEqual(55);
  expect(busy.metrics.MinutesBehind).toBeLessThan(116);
});
