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
 * Makes a function that works on the messages of a queue. If it throws for a message, the message is tried
 * again. After the last try it becomes a dead letter.
 *
 * @param failure the log message if some messages fail.
 * @example export const handler = queueHandler('Mails are not sent.', (body) => send(JSON.parse(body)));
 */
export const queueHandler =
  (failure: string, work: (body: string) => Promise<void>) =>
  (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
    processBatch(EventType.SQS, event, context, failure, ({ body }: SQSRecord) => work(body));

/** Works on one batch of the stream. */
export interface Follower {
  readonly follow: (record: DynamoDBRecord) => Promise<void>;
  /** Called at the end of the batch, even if records failed. */
  readonly finish: () => void;
}

/**
 * Makes a function that follows the table's stream. If it throws for a record, this record and all later ones
 * are tried again.
 *
 * @param failure the log message if some records fail.
 * @param start makes the follower of one batch.
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
