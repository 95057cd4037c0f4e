import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** Structured logs; never a token, a cookie, a session or an IP in them. */
export const logger = new Logger();

const metrics = new Metrics({ namespace: 'Referrals' });

/**
 * Counts something for CloudWatch, by way of the log, see
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html
 */
export function countMetric(name: string, count = 1, dimensions: Record<string, string> = {}) {
  for (const [dimension, value] of Object.entries(dimensions))
    metrics.addDimension(dimension, value);
  metrics.addMetric(name, MetricUnit.Count, count);
}

/** Writes what the invocation counted, where it counted anything. */
export function publishMetrics(): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}
