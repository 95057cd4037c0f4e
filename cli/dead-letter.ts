import type { DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import type { Message } from './queue.ts';

const sequenceNumber = z.string().check(z.regex(/^\d+$/));

// https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
const OnFailure = z.object({
  DDBStreamBatchInfo: z.object({
    streamArn: z.string(),
    shardId: z.string(),
    startSequenceNumber: sequenceNumber,
    endSequenceNumber: sequenceNumber,
  }),
});

const SetAside = z.looseObject({
  eventName: z.string(),
  dynamodb: z.looseObject({ SequenceNumber: sequenceNumber }),
});

/** Where records lie in a stream. */
export interface Place {
  readonly streamArn: string;
  readonly shardId: string;
  /** Sequence numbers of the first record and of the last. */
  readonly first: string;
  readonly last: string;
}

/** A dead letter of the stream. */
export interface StreamLetter {
  readonly id: string;
  readonly content: /** What Lambda gave up; it only says where that is. */
    | { readonly place: Place }
    /** What the function that follows the stream could not read. */
    | { readonly record: DynamoDBRecord };
}

/** Reads a dead letter of the stream; undefined where it is none. */
export function readStreamLetter({ id, body }: Message): StreamLetter | undefined {
  const value = parseJson(body);
  const setAside = SetAside.safeParse(value);
  if (setAside.success) return { id, content: { record: setAside.data as DynamoDBRecord } };
  const onFailure = OnFailure.safeParse(value);
  if (!onFailure.success) return undefined;
  const { streamArn, shardId, ...numbers } = onFailure.data.DDBStreamBatchInfo;
  const { startSequenceNumber: first, endSequenceNumber: last } = numbers;
  return { id, content: { place: { streamArn, shardId, first, last } } };
}

/** Undefined where it is not JSON, and so no letter of the stream. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
