/** A request's body. */
// biome-ignore lint/suspicious/noExplicitAny: requests are as loose as JSON
export type Input = any;

/** An error that DynamoDB answers with. */
export interface Refusal {
  readonly status: number;
  readonly body: { readonly __type: string } & Readonly<Record<string, unknown>>;
}

/**
 * The fate of a request:
 *
 * - `pass`
 * - `cut`: the connection ends before the request reaches the database
 * - `cut-after`: the connection ends after that, so the write is done but the answer is lost
 * - `hang`: there is never an answer
 * - `slow`: the answer comes after the client has stopped waiting
 * - `late`: the request reaches the database after the client has stopped waiting, perhaps after its own retry
 * - `error`, `error-after`: an internal error; the write is not done, or done
 * - `conflict`: conflicts with a transaction of another client; reads pass
 * - `throttle`: refused because of load
 * - a `Refusal`: refused with this error
 */
export type Fate =
  | 'pass'
  | 'cut'
  | 'cut-after'
  | 'hang'
  | 'slow'
  | 'late'
  | 'error'
  | 'error-after'
  | 'conflict'
  | 'throttle'
  | Refusal;

export type Decide = (operation: string, input: Input) => Fate;

/** An error in DynamoDB's words, see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html */
export const refusal = (status: number, name: string, rest: Record<string, unknown>): Refusal => ({
  status,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, ...rest },
});

/** The refusal of a write because a partition of the index has no capacity left, see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html */
export const indexIsFull = refusal(400, 'ThrottlingException', {
  message: 'Throughput exceeds the current capacity of your table or index.',
  throttlingReasons: [{ reason: 'IndexWriteKeyRangeThroughputExceeded', resource: 'the index' }],
});

/** A transaction that is cancelled, with a reason for each of its items. */
export const cancellation = (reasons: readonly { Code: string; Message?: string }[]): Refusal =>
  refusal(400, 'TransactionCanceledException', {
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`,
    CancellationReasons: reasons,
  });

/** The error that answers a request with this fate; undefined if there is none. */
export function refusalOf(fate: Fate, operation: string, input: Input): Refusal | undefined {
  if (typeof fate === 'object') return fate;
  switch (fate) {
    case 'error':
    case 'error-after':
      return refusal(500, 'InternalServerError', { message: 'Internal server error' });
    case 'throttle':
      return refusal(400, 'ThrottlingException', {
        message: 'Throughput exceeds the current capacity of your table or index.',
      });
    case 'conflict':
      return conflict(operation, input);
    default:
      return undefined;
  }
}

function conflict(operation: string, input: Input): Refusal | undefined {
  switch (operation) {
    case 'TransactWriteItems':
    case 'TransactGetItems':
      return cancellation(
        input.TransactItems.map((_: unknown, index: number) => ({
          Code: index === input.TransactItems.length - 1 ? 'TransactionConflict' : 'None',
        })),
      );
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return refusal(400, 'TransactionConflictException', {
        message: 'Transaction is ongoing for the item',
      });
    default:
      return undefined;
  }
}
