import { DynamoDBClient, type TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { ReferralsError } from '../core/errors.ts';

/** Where the store keeps its items. */
export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
  /** Seconds after which responses are deleted; undefined: never. */
  readonly retention?: number | undefined;
}

/**
 * The DynamoDB client, with a time budget: three attempts of at most 0.8 s, so that a call that can't be
 * answered fails within the time that a click has.
 *
 * @param timeouts milliseconds for a connection and for an attempt.
 */
export function createClient(
  timeouts = { connectionTimeout: 500, requestTimeout: 800 },
): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: { ...timeouts, throwOnRequestTimeout: true },
  });
  client.middlewareStack.add((next) => (args) => next(args).catch(rethrowUnavailable), {
    step: 'initialize',
    name: 'unavailableMiddleware',
  });
  client.middlewareStack.add((next) => (args) => next(args).catch(rethrowRetryableConflict), {
    step: 'deserialize',
    name: 'transactionConflictMiddleware',
    priority: 'high',
  });
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

// Outside of the SDK's retries: what it would still try again is unavailable.
function rethrowUnavailable(error: Parameters<typeof isTransientError>[0]): never {
  if (isTransientError(error) || isThrottlingError(error) || isServerError(error)) {
    throw new ReferralsError('unavailable', 'The service is busy. Try again in a moment.', {
      cause: error,
    });
  }
  throw error;
}

// Inside of them: the SDK does not retry a cancelled transaction by itself, though a conflict passes, see
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
function rethrowRetryableConflict(error: Error): never {
  const reasons = (error as Partial<TransactionCanceledException>).CancellationReasons ?? [];
  const passing = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];
  if (reasons.some(({ Code }) => Code !== undefined && passing.includes(Code))) {
    Object.assign(error, { $retryable: { throttling: false } });
    // Errors are logged with all that they carry, and people's data is not for the log.
    for (const reason of reasons) delete reason.Item;
  }
  throw error;
}
