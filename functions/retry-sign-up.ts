import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { signUp } from './core/sign-up.ts';
import { services } from './edge/services.ts';
import { parseSignUp } from './edge/sign-up-queue.ts';
import { logger } from './edge/telemetry.ts';

const processor = new BatchProcessor(EventType.SQS);

/** Gives the sign-ups of the queue the links that they could not get at once. */
export const handler = (event: SQSEvent, context: Context) =>
  processPartialResponse(event, retry, processor, { context, throwOnFullBatchFailure: false });

async function retry({ body, messageId }: SQSRecord): Promise<void> {
  try {
    const { session, ...owner } = parseSignUp(body);
    await signUp(services, owner, session);
  } catch (error) {
    logger.error('A sign-up is still without its link.', { messageId, error: error as Error });
    throw error;
  }
}
