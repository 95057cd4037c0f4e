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
   * For items as DynamoDB has them. It resolves its middleware once for each kind of call and not at every
   * call, which a document client has to do: a tenth of a click's CPU.
   */
  readonly itemClient: DynamoDBClient;
}

/** Where the store keeps its items. */
export interface Table extends Clients {
  readonly name: string;
  /** Seconds after which responses are deleted; undefined: never. */
  readonly retention?: number | undefined;
}

/** A write was refused because a partition of the index takes no more. */
class IndexThrottled extends Error {}

/** Whether that is why something is unavailable. */
export const isIndexThrottled = (error: unknown): boolean =>
  isUnavailable(error) && error.cause instanceof IndexThrottled;

/** Milliseconds for a connection and for an attempt. */
export interface Timeouts {
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
}

const ATTEMPTS = 4;

/**
 * Queries at once: a referral may have hundreds of buckets, and a query that waits for one of the SDK's
 * sockets is already running out of its time.
 */
const QUERIES = 16;

/** Milliseconds of which a random part is waited before the second attempt; before each further, of twice as many. */
const BACKOFF = 50;

/** Makes a client with a time budget: by default, a call that can't be answered fails within 3.6 s. */
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

// Outside of the SDK's retries: what it would still try again is unavailable.
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

/** What a single write, or the same transaction sent again, is refused with while a transaction is under way. */
const CONFLICTS = ['TransactionConflictException', 'TransactionInProgressException'];

type ServiceError = Error & Partial<TransactionCanceledException> & Throttled;

// Each exception spells it its own way.
type Throttled = Partial<
  Pick<ProvisionedThroughputExceededException, 'ThrottlingReasons'> &
    Pick<ThrottlingException, 'throttlingReasons'>
>;

// Inside of them: what the SDK retries by itself and should not, and the other way round.
function rethrowForRetry(error: ServiceError): never {
  // A partition's limit stays; other partitions help, and at once. The reason's name is put together as in
  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html
  const throttled = error.ThrottlingReasons ?? error.throttlingReasons ?? [];
  if (throttled.some(({ reason }) => reason === 'IndexWriteKeyRangeThroughputExceeded')) {
    throw new IndexThrottled(error.message, { cause: error });
  }
  // A conflict passes, see
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
  const reasons = error.CancellationReasons ?? [];
  const passing = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];
  if (
    CONFLICTS.includes(error.name) ||
    reasons.some(({ Code }) => Code !== undefined && passing.includes(Code))
  ) {
    Object.assign(error, { $retryable: { throttling: false } });
    // Errors are logged with all that they carry, and people's data is not for the log.
    for (const reason of reasons) delete reason.Item;
  }
  throw error;
}
