import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { call, type Service, ServiceError, type Timeouts } from '../aws/call.ts';
import { dynamoDBEndpoint } from '../aws/endpoint.ts';
import { type Failure, isTemporary } from '../aws/retry.ts';
import { unavailable } from '../core/errors.ts';
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
    reviver: readBytes,
  };
  return async (operation, { ...input }: Input) => {
    for (const name of ITEMS) if (input[name]) input[name] = marshall(input[name], MARSHALLING);
    try {
      const { Item, Items, LastEvaluatedKey } = await call(dynamoDB, operation, input);
      return {
        Item: Item && unmarshall(Item),
        Items: Items?.map((item: Parameters<typeof unmarshall>[0]) => unmarshall(item)),
        LastEvaluatedKey: LastEvaluatedKey && unmarshall(LastEvaluatedKey),
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
const MARSHALLING = { removeUndefinedValues: true };

/** In an answer only bytes have a text under this name, in base64. */
const readBytes = (name: string, value: unknown) =>
  name === 'B' && typeof value === 'string' ? Buffer.from(value, 'base64') : value;

const mayPass = (error: Failure) => isTemporary(error) || isConflict(error);

const isThrottledByIndex = (error: Error) =>
  error instanceof ServiceError && isOfIndex(error.output);

function meaningOf(error: Failure): Error {
  if (error instanceof ServiceError && error.name === 'ConditionalCheckFailedException') {
    const { Item } = error.output;
    return new ConditionFailed(Item && unmarshall(Item));
  }
  if (isThrottledByIndex(error)) {
    return unavailable(new IndexThrottled(error.message, { cause: error }));
  }
  return mayPass(error) ? unavailable(error) : error;
}
