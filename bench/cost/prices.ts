/**
 * Prices of AWS in us-east-1, in dollars, as of November 2026, without the free tier. Each is for the first
 * step; larger amounts are cheaper.
 */
export const prices = {
  /** A million requests of an HTTP API. https://aws.amazon.com/api-gateway/pricing/ */
  httpApiRequests: 1.0,
  /** A million requests, and a GB-second on arm64. https://aws.amazon.com/lambda/pricing/ */
  lambdaRequests: 0.2,
  lambdaGigabyteSecond: 0.0000133334,
  /** A million units on demand. https://aws.amazon.com/dynamodb/pricing/on-demand/ */
  writeUnits: 0.625,
  readUnits: 0.125,
  /** A million requests of a standard queue. https://aws.amazon.com/sqs/pricing/ */
  queueRequests: 0.4,
  /** A million custom events. https://aws.amazon.com/eventbridge/pricing/ */
  events: 1.0,
  /**
   * A GB of logs taken in, and for a month a dashboard, each metric of an alarm, and a custom metric, by the hour.
   * https://aws.amazon.com/cloudwatch/pricing/
   */
  logGigabyte: 0.5,
  dashboard: 3.0,
  alarmMetric: 0.1,
  customMetric: 0.3,
} as const;
