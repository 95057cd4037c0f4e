import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  type TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import {
  ConfiguredRetryStrategy,
  isServerError,
  isThrottlingError,
  isTransientError,
} from '@smithy/core/retry';
import pLimit from 'p-limit';
import type { Timeouts } from '../aws/call.ts';
import { backoff } from '../aws/retry.ts';
import { unavailable } from '../core/errors.ts';
import { collectStream } from '../sdk-shortcuts/collect-stream.ts';
import {
  ATTEMPTS,
  type Call,
  type ClickTable,
  ConditionFailed,
  IndexThrottled,
  isConflict,
  isOfIndex,
  isThrottled,
  type Throttled,
  TIMEOUTS,
} from './table.ts';

/** The SDK's client of DynamoDB. */
export interface Clients {
  /** For all operations. */
  readonly client: DynamoDBDocumentClient;
  /** The same client, for the operations that a click needs. */
  readonly call: Call;
  /** Closes its connections. */
  readonly close: () => void;
}

/** The table with the store's items. */
export type Table = ClickTable & Pick<Clients, 'client'>;

/**
 * Maximum number of queries at once. A referral may have hundreds of buckets, and the timeout of a query
 * already runs while it waits for one of the SDK's sockets.
 */
const QUERIES = 16;

const commands = {
  GetItem: GetCommand,
  PutItem: PutCommand,
  Query: QueryCommand,
  UpdateItem: UpdateCommand,
};

/** Makes the SDK's client with a time budget. */
export function createClients(timeouts: Timeouts = TIMEOUTS): Clients {
  const itemClient = new DynamoDBClient({
    streamCollector: collectStream,
    retryStrategy: new ConfiguredRetryStrategy(ATTEMPTS, backoff),
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
  const client = DynamoDBDocumentClient.from(itemClient, {
    marshallOptions: { removeUndefinedValues: true },
  });
  const call: Call = async (operation, input) => {
    const Command = commands[operation] as typeof GetCommand;
    try {
      return await client.send(new Command(input as never));
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      throw new ConditionFailed(error.Item && unmarshall(error.Item));
    }
  };
  return { client, call, close: () => itemClient.destroy() };
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

type ServiceError = Error & Partial<TransactionCanceledException> & Throttled;

// Runs inside the SDK's retries. It stops wrong retries, and adds missing ones.
function rethrowForRetry(error: ServiceError): never {
  if (isOfIndex(error)) throw new IndexThrottled(error.message, { cause: error });
  const reasons = error.CancellationReasons ?? [];
  if (
    isConflict(error) ||
    reasons.some((reason) => reason.Code === 'TransactionConflict' || isThrottled(reason))
  ) {
    Object.assign(error, { $retryable: { throttling: false } });
    // Errors are logged with all their properties, and people's data must not be in the log.
    for (const reason of reasons) delete reason.Item;
  }
  throw error;
}
