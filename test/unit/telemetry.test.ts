import { expect, test, vi } from 'vitest';

test('what is counted is written once, in CloudWatch’s embedded metric format', async () => {
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'Host/Referrals');
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const { countMetric, publishMetrics } = await import('../../functions/edge/telemetry.ts');
  countMetric('Clicks', 1, { kind: 'human' });
  publishMetrics();
  publishMetrics();
  const lines = printed.mock.calls.map(([line]) => JSON.parse(String(line)));
  printed.mockRestore();
  expect(lines).toEqual([
    {
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'Referrals',
            Dimensions: [['service', 'kind']],
            Metrics: [{ Name: 'Clicks', Unit: 'Count' }],
          },
        ],
      },
      service: 'Host/Referrals',
      kind: 'human',
      Clicks: 1,
    },
  ]);
});
