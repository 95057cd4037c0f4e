/** An error as far as it tells whether the same call may succeed a moment later. */
export interface Failure extends Error {
  /** Node's code of an error of the network. */
  readonly code?: string;
  /** What the service answered; undefined if it did not answer. */
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Longest wait before the second attempt, in milliseconds. */
const BACKOFF = 50;

/** Milliseconds to wait after an attempt, counted from 1. They are random, and doubled for each further one. */
export const backoff = (attempt: number): number => Math.random() * BACKOFF * 2 ** (attempt - 1);

const NETWORK = [
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
];

/** Errors of too much load, of DynamoDB and of SQS. */
const LOAD = [
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
];

const CLOCK = ['RequestExpired', 'RequestInTheFuture', 'RequestTimeTooSkewed'];

/** Whether a request was refused because the clocks of this machine and of the service differ. */
export const isOfClock = ({ name, message }: Failure): boolean =>
  CLOCK.includes(name) ||
  (name === 'InvalidSignatureException' && /Signature (expired|not yet current)/.test(message));

/** Whether the same call may succeed a moment later: an error of the network, of load, of the service or of a clock. */
export function isTemporary(error: Failure): boolean {
  const status = error.$metadata?.httpStatusCode ?? 0;
  return (
    status === 429 ||
    status >= 500 ||
    LOAD.includes(error.name) ||
    NETWORK.includes(error.code ?? '') ||
    isOfClock(error)
  );
}
