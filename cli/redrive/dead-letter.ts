import type { DynamoDBRecord } from 'aws-lambda';
import * as v from 'valibot';
import type { Message } from './queue.ts';

const sequenceNumber = v.pipe(v.string(), v.regex(/^\d+$/));

// https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
const OnFailure = v.object({
  DDBStreamBatchInfo: v.object({
    streamArn: v.string(),
    shardId: v.string(),
    startSequenceNumber: sequenceNumber,
    endSequenceNumber: sequenceNumber,
  }),
});

const SetAside = v.looseObject({
  eventName: v.string(),
  dynamodb: v.looseObject({ SequenceNumber: sequenceNumber }),
});

const json = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.pipe(v.string(), v.parseJson(), schema);

/** Position of records in a stream. */
export interface Place {
  readonly streamArn: string;
  readonly shardId: string;
  /** Sequence numbers of the first and the last record. */
  readonly first: string;
  readonly last: string;
}

/** A dead letter of the stream. */
export interface StreamLetter {
  readonly id: string;
  readonly content: /** Records that Lambda gave up; the letter only has their position. */
    | { readonly place: Place }
    /** A record that the stream's function could not read. */
    | { readonly record: DynamoDBRecord };
}

/** Reads a dead letter of the stream; undefined if it is another message. */
export function readStreamLetter({ id, body }: Message): StreamLetter | undefined {
  const setAside = v.safeParse(json(SetAside), body);
  if (setAside.success) return { id, content: { record: setAside.output as DynamoDBRecord } };
  const onFailure = v.safeParse(json(OnFailure), body);
  if (!onFailure.success) return undefined;
  const { streamArn, shardId, ...numbers } = onFailure.output.DDBStreamBatchInfo;
  const { startSequenceNumber: first, endSequenceNumber: last } = numbers;
  return { id, content: { place: { streamArn, shardId, first, last } } };
}
