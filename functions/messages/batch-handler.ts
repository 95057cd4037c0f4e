import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type {
  Context,
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
  SQSBatchResponse,
  SQSEvent,
  SQSRecord,
} from 'aws-lambda';
import { logger } from '../setup/telemetry.ts';

/**
 * A function that works on the messages of a queue: what it throws for is tried again, and after so many
 * tries becomes a dead letter.
 *
 * @param failure what is logged where some messages fail.
 * @example export const handler = queueHandler('Mails are not sent.', (body) => send(JSON.parse(body)));
 */
export const queueHandler =
  (failure: string, work: (body: string) => Promise<void>) =>
  (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
    processBatch(EventType.SQS, event, context, failure, ({ body }: SQSRecord) => work(body));

/** What works on a batch of the stream. */
export interface Follower {
  readonly follow: (record: DynamoDBRecord) => Promise<void>;
  /** Called when the batch is done, as far as it could be. */
  readonly finish: () => void;
}

/**
 * A function that follows the table's stream: what it throws for is tried again, with all that comes after.
 *
 * @param failure what is logged where some records fail.
 * @param start makes what works on the records of one batch.
 */
export const streamHandler =
  (failure: string, start: () => Follower) =>
  async (event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> => {
    const { follow, finish } = start();
    const answer = await processBatch(EventType.DynamoDBStreams, event, context, failure, follow);
    finish();
    return answer;
  };

async function processBatch<Record extends SQSRecord | DynamoDBRecord>(
  type: typeof EventType.SQS | typeof EventType.DynamoDBStreams,
  event: { Records: Record[] },
  context: Context,
  failure: string,
  work: (record: Record) => Promise<void>,
) {
  const processor = new BatchProcessor(type);
  const answer = await processPartialResponse(event, work, processor, {
    context,
    throwOnFullBatchFailure: false,
  });
  const [error] = processor.errors;
  if (error)
    logger.error(failure, {
      failed: processor.errors.length,
      of: event.Records.length,
      error,
    });
  return answer;
}
