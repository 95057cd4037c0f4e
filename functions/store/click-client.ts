import { call, type Service, ServiceError, type Timeouts } from '../aws/call.ts';
import { dynamoDBEndpoint } from '../aws/endpoint.ts';
import { type Failure, isTemporary } from '../aws/retry.ts';
import { unavailable } from '../core/errors.ts';
import { type Attributes, fromAttributes, toAttributes } from './attributes.ts';
import {
  ATTEMPTS,
  type Call,
  ConditionFailed,
  IndexThrottled,
  isConflict,
  isOfIndex,
  TIMEOUTS,
} from './table.ts';

/** Makes the calls of a click with a time budget, without the SDK, which takes longer to load than a click takes. */
export function createClickCall(timeouts: Timeouts = TIMEOUTS): Call {
  const dynamoDB: Service = {
    name: 'dynamodb',
    target: 'DynamoDB_20120810',
    endpoint: dynamoDBEndpoint(process.env),
    timeouts,
    attempts: ATTEMPTS,
    isRetryable: (error) => !isThrottledByIndex(error) && mayPass(error),
  };
  return async (operation, { ...input }: Input) => {
    for (const name of ITEMS) if (input[name]) input[name] = toAttributes(input[name]);
    try {
      const { Item, Items, LastEvaluatedKey } = await call(dynamoDB, operation, input);
      return {
        Item: Item && fromAttributes(Item),
        Items: Items?.map((item: Attributes) => fromAttributes(item)),
        LastEvaluatedKey: LastEvaluatedKey && fromAttributes(LastEvaluatedKey),
      };
    } catch (error) {
      throw meaningOf(error as Failure);
    }
  };
}

// biome-ignore lint/suspicious/noExplicitAny: inputs of all operations
type Input = Record<string, any>;

/** The parts of an input that are written as items are. */
const ITEMS = ['Item', 'Key', 'ExpressionAttributeValues', 'ExclusiveStartKey'];

const mayPass = (error: Failure) => isTemporary(error) || isConflict(error);

const isThrottledByIndex = (error: Error) =>
  error instanceof ServiceError && isOfIndex(error.output);

function meaningOf(error: Failure): Error {
  if (error instanceof ServiceError && error.name === 'ConditionalCheckFailedException') {
    const { Item } = error.output;
    return new ConditionFailed(Item && fromAttributes(Item));
  }
  if (isThrottledByIndex(error)) {
    return unavailable(new IndexThrottled(error.message, { cause: error }));
  }
  return mayPass(error) ? unavailable(error) : error;
}
