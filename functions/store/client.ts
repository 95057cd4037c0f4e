import {
  DynamoDBClient,
  type ProvisionedThroughputExceededException,
  type ThrottlingException,
  type TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import {
  ConfiguredRetryStrategy,
  isServerError,
  isThrottlingError,
  isTransientError,
} from '@smithy/core/retry';
import pLimit from 'p-limit';
import { isUnavailable, unavailable } from '../core/errors.ts';
import { collectStream } from '../sdk-shortcuts/collect-stream.ts';
import { documentClientOf } from '../sdk-shortcuts/document-client.ts';

/** A client of DynamoDB, in two forms. */
export interface Clients {
  readonly client: DynamoDBDocumentClient;
  /**
   * For items in DynamoDB's own format. It resolves its middleware once for each kind of call. A document
   * client has to do that at every call, which is a tenth of a click's CPU.
   */
  readonly itemClient: DynamoDBClient;
}

/** The table with the store's items. */
export interface Table extends Clients {
  readonly name: string;
  /** Seconds after which responses are deleted; undefined means never. */
  readonly retention?: number | undefined;
}

/** A write was refused because a partition of the index is at its limit. */
class IndexThrottled extends Error {}

/** Whether an error is `unavailable` because of the index. */
export const isIndexThrottled = (error: unknown): boolean =>
  isUnavailable(error) && error.cause instanceof IndexThrottled;

/** Milliseconds for a connection and for an attempt. */
export interface Timeouts {
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
}

const ATTEMPTS = 4;

/**
 * Maximum number of queries at once. A referral may have hundreds of buckets, and the timeout of a query
 * already runs while it waits for one of the SDK's sockets.
 */
const QUERIES = 16;

/** Longest wait before the second attempt, in milliseconds. It is random, and doubles for each further one. */
const BACKOFF = 50;

/** Makes clients with a time budget. By default, a call without an answer fails within 3.6 s. */
export function createClients(
  timeouts: Timeouts = { connectionTimeout: 500, requestTimeout: 800 },
): Clients {
  const itemClient = new DynamoDBClient({
    cacheMiddleware: true,
    streamCollector: collectStream,
    retryStrategy: new ConfiguredRetryStrategy(
      ATTEMPTS,
      (attempt) => Math.random() * BACKOFF * 2 ** (attempt - 1),
    ),
    requestHandler: { ...timeouts, throwOnRequestTimeout: true },
  });
  const limit = pLimit(QUERIES);
  itemClient.middlewareStack.add(
    (next, { commandName }) =>
      (args) =>
        commandName === 'QueryCommand' ? limit(() => next(args)) : next(args),
    { step: 'initialize', name: 'limitMiddleware', priority: 'high' },
  );
  itemClient.middlewareStack.add((next) => (args) => next(args).catch(rethrowUnavailable), {
    step: 'initialize',
    name: 'unavailableMiddleware',
  });
  itemClient.middlewareStack.add((next) => (args) => next(args).catch(rethrowForRetry), {
    step: 'deserialize',
    name: 'retryHintMiddleware',
    priority: 'high',
  });
  return { client: documentClientOf(itemClient), itemClient };
}

// Runs outside the SDK's retries: an error that the SDK would still retry is `unavailable`.
function rethrowUnavailable(error: Parameters<typeof isTransientError>[0]): never {
  if (
    error instanceof IndexThrottled ||
    isTransientError(error) ||
    isThrottlingError(error) ||
    isServerError(error)
  ) {
    throw unavailable(error);
  }
  throw error;
}

/** Errors of a single write, or of the same transaction sent again, while a transaction is under way. */
const CONFLICTS = ['TransactionConflictException', 'TransactionInProgressException'];

type ServiceError = Error & Partial<TransactionCanceledException> & Throttled;

// Each exception spells this property its own way.
type Throttled = Partial<
  Pick<ProvisionedThroughputExceededException, 'ThrottlingReasons'> &
    Pick<ThrottlingException, 'throttlingReasons'>
>;

// Runs inside the SDK's retries. It stops wrong retries, and adds missing ones.
function rethrowForRetry(error: ServiceError): never {
  // Waiting does not lift a partition's limit; other partitions help at once. For the reason's name, see
  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html
  const throttled = error.ThrottlingReasons ?? error.throttlingReasons ?? [];
  if (throttled.some(({ reason }) => reason === 'IndexWriteKeyRangeThroughputExceeded')) {
    throw new IndexThrottled(error.message, { cause: error });
  }
  // A conflict is temporary, see
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
  const reasons = error.CancellationReasons ?? [];
  const passing = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];
  if (
    CONFLICTS.includes(error.name) ||
    reasons.some(({ Code }) => Code !== undefined && passing.includes(Code))
  ) {
    Object.assign(error, { $retryable: { throttling: false } });
    // Errors are logged with all their properties, and people's data must not be in the log.
    for (const reason of reasons) delete reason.Item;
  }
  throw error;
}
