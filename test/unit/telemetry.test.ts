import { expect, test, vi } from 'vitest';

/**
 * Sets what Lambda does with the JSON log format: it wraps what the global console prints, and leaves other lines in
 * JSON as they are, see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
function useJsonFormat() {
  vi.stubEnv('AWS_LAMBDA_LOG_FORMAT', 'JSON');
  vi.stubEnv('AWS_LAMBDA_LOG_LEVEL', 'INFO');
  const wrapped: unknown[] = [];
  for (const method of ['log', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((line) => wrapped.push(line));
  }
  return wrapped;
}

test('a metric is written at once, in CloudWatch’s embedded metric format, and nothing wraps it', async () => {
  const wrapped = useJsonFormat();
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
  expect(wrapped).toEqual([]);
});

test('an error is a line with its level, by which Lambda keeps it', async () => {
  const wrapped = useJsonFormat();
  const printed = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const { logger } = await import('../../functions/setup/telemetry.ts');
  logger.error('It failed.');
  const lines = printed.mock.calls.map(([line]) => JSON.parse(String(line)));
  printed.mockRestore();
  expect(lines).toEqual([
    expect.objectContaining({
      level: 'ERROR',
      message: 'It failed.',
      timestamp: expect.stringMatching(/^[\d-]+T[\d:.]+Z$/),
    }),
  ]);
  expect(wrapped).toEqual([]);
});
