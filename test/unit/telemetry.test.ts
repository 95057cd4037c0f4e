import { expect, test, vi } from 'vitest';

test('a metric is written at once, in CloudWatch’s embedded metric format', async () => {
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'Host/Referrals');
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const { countMetric } = await import('../../functions/setup/telemetry.ts');
  countMetric('Clicks', 3, { kind: 'human' });
  countMetric('Actions');
  const lines = printed.mock.calls.map(([line]) => JSON.parse(String(line)));
  printed.mockRestore();
  const metric = (name: string, dimensions: string[]) => ({
    Timestamp: expect.any(Number),
    CloudWatchMetrics: [
      {
        Namespace: 'Referrals',
        Dimensions: [dimensions],
        Metrics: [{ Name: name, Unit: 'Count' }],
      },
    ],
  });
  expect(lines).toEqual([
    {
      _aws: metric('Clicks', ['service', 'kind']),
      service: 'Host/Referrals',
      kind: 'human',
      Clicks: 3,
    },
    { _aws: metric('Actions', ['service']), service: 'Host/Referrals', Actions: 1 },
  ]);
});
