import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { expect, test } from 'vitest';
import { backoff, type Failure, isTemporary } from '../../../functions/aws/retry.ts';

const error = (properties: Partial<Failure>): Failure =>
  Object.assign(new Error(properties.message ?? 'It failed.'), properties);

const byName = [
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'AccessDeniedException',
  'ConditionalCheckFailedException',
  'InternalServerError',
  'ItemCollectionSizeLimitExceededException',
  'ResourceNotFoundException',
  'UnrecognizedClientException',
  'ValidationException',
].map((name) => error({ name }));

const byCode = [
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'CERT_HAS_EXPIRED',
  'EACCES',
].map((code) => error({ code }));

const byStatus = [400, 401, 403, 404, 413, 429, 500, 501, 502, 503, 504, 505].map(
  (httpStatusCode) => error({ $metadata: { httpStatusCode } }),
);

const byMessage = [
  error({
    name: 'InvalidSignatureException',
    message: 'Signature expired: 1 is now earlier than 2',
  }),
  error({ name: 'InvalidSignatureException', message: 'The signature does not match.' }),
];

test.each([...byName, ...byCode, ...byStatus, ...byMessage])(
  'is tried again if the SDK would try it again: $name $code $$metadata.httpStatusCode $message',
  (failure) => {
    const error = failure as Parameters<typeof isTransientError>[0];
    const bySdk = isTransientError(error) || isThrottlingError(error) || isServerError(error);
    expect(isTemporary(failure)).toBe(bySdk);
  },
);

test.each([
  ['RequestTimeTooSkewed', 'The difference is too large.'],
  [
    'InvalidSignatureException',
    'Signature not yet current: 20150831T000000Z is still later than …',
  ],
])('is tried again with the time of the service: %s, %s', (name, message) => {
  expect(isTemporary(error({ name, message }))).toBe(true);
});

test('waits are random, and up to twice as long after each attempt', () => {
  for (const [attempt, longest] of [
    [1, 50],
    [2, 100],
    [3, 200],
  ] as const) {
    const waits = Array.from({ length: 1_000 }, () => backoff(attempt));
    expect(Math.max(...waits)).toBeLessThan(longest);
    expect(Math.max(...waits)).toBeGreaterThan(longest * 0.9);
    expect(Math.min(...waits)).toBeLessThan(longest * 0.1);
  }
});
