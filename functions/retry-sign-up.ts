import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { signUp } from './core/sign-up.ts';
import { services } from './edge/services.ts';
import { parseSignUp } from './edge/sign-up-queue.ts';
import { logger } from './edge/telemetry.ts';

const processor = new BatchProcessor(EventType.SQS);

/** Gives the sign-ups of the queue the links that they could not get at once. */
export const handler = async (event: SQSEvent, context: Context) => {
  const options = { context, throwOnFullBatchFailure: false };
  const answer = await processPartialResponse(event, retry, processor, options);
  for (const error of processor.errors) logger.error('A sign-up is still without its link.', error);
  return answer;
};

function retry({ body }: SQSRecord): Promise<void> {
  const { session, ...owner } = parseSignUp(body);
  return signUp(services, owner, session);
}
