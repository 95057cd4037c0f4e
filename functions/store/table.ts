import type {
  GetCommandInput,
  GetCommandOutput,
  PutCommandInput,
  QueryCommandInput,
  QueryCommandOutput,
  UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { Timeouts } from '../aws/call.ts';
import { isUnavailable } from '../core/errors.ts';

/** The operations of DynamoDB that a click needs. */
interface Operations {
  GetItem: { input: GetCommandInput; output: Pick<GetCommandOutput, 'Item'> };
  PutItem: { input: PutCommandInput; output: unknown };
  Query: {
    input: QueryCommandInput;
    output: Pick<QueryCommandOutput, 'Items' | 'LastEvaluatedKey'>;
  };
  UpdateItem: { input: UpdateCommandInput; output: unknown };
}

/**
 * Calls an operation, with items as plain values.
 *
 * @throws ReferralsError `unavailable` if DynamoDB can't be reached or is too busy; ConditionFailed.
 * @example const { Item } = await call('GetItem', { TableName: 'table', Key: { pk: 'a', sk: 'b' } });
 */
export type Call = <Name extends keyof Operations>(
  operation: Name,
  input: Operations[Name]['input'],
) => Promise<Operations[Name]['output']>;

/** The table, with the operations that a click needs. */
export interface ClickTable {
  readonly name: string;
  /** Seconds after which responses are deleted; undefined means never. */
  readonly retention?: number | undefined;
  readonly call: Call;
}

/** Time for an attempt. With the attempts below, a call without an answer fails within 3.6 s. */
export const TIMEOUTS: Timeouts = { connectionTimeout: 500, requestTimeout: 800 };
export const ATTEMPTS = 4;

/** A write was not done, because its condition was not met. */
export class ConditionFailed extends Error {
  // Errors are logged with all their properties, and people's data must not be in the log.
  readonly #existing: Record<string, unknown> | undefined;

  constructor(existing: Record<string, unknown> | undefined) {
    super('The condition of a write was not met.');
    this.#existing = existing;
  }

  /** The item that is there, if the write asked for it. */
  // biome-ignore lint/suspicious/noExplicitAny: items of all kinds
  get existing(): Record<string, any> | undefined {
    return this.#existing;
  }
}

/** A write was refused because a partition of the index is at its limit. */
export class IndexThrottled extends Error {}

/**
 * Whether writing a response is `unavailable` because of the index. For a transaction, DynamoDB does not say whether
 * it was the index or the table. But all that a response shares with others is its partition of the index.
 */
export function isIndexThrottled(error: unknown): boolean {
  if (!isUnavailable(error)) return false;
  const { CancellationReasons = [] } = (error.cause ?? {}) as Cancelled;
  return error.cause instanceof IndexThrottled || CancellationReasons.some(isThrottled);
}

/** Why each write of a transaction was not done. */
interface Cancelled {
  readonly CancellationReasons?: readonly CancellationReason[];
}

type CancellationReason = { readonly Code?: string | undefined };

/** Whether a write of a transaction was refused because of load. */
export const isThrottled = ({ Code }: CancellationReason): boolean =>
  Code === 'ThrottlingError' || Code === 'ProvisionedThroughputExceeded';

/** What DynamoDB says of a throttled call. Each exception spells this property its own way. */
export interface Throttled {
  readonly ThrottlingReasons?: readonly { readonly reason?: string }[];
  readonly throttlingReasons?: readonly { readonly reason?: string }[];
}

/**
 * Whether a write was refused because a partition of the index is at its limit. Waiting does not lift that; other
 * partitions help at once.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html
 */
export const isOfIndex = ({ ThrottlingReasons, throttlingReasons }: Throttled): boolean =>
  [...(ThrottlingReasons ?? []), ...(throttlingReasons ?? [])].some(
    ({ reason }) => reason === 'IndexWriteKeyRangeThroughputExceeded',
  );

/**
 * Whether a single write, or the same transaction sent again, met a transaction that is under way. It is soon over.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
 */
export const isConflict = ({ name }: Error): boolean =>
  name === 'TransactionConflictException' || name === 'TransactionInProgressException';
