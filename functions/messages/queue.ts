import type { SQSClient } from '@aws-sdk/client-sqs';
import { unavailable } from '../core/errors.ts';

// Milliseconds. Somebody is waiting, so two attempts take 0.9 s at most.
const TIMEOUTS = { connectionTimeout: 400, requestTimeout: 400, throwOnRequestTimeout: true };

let client: SQSClient | undefined;

/**
 * Sends a message to a queue.
 *
 * @throws ReferralsError `unavailable` if the message can't be sent.
 */
export async function sendMessage(QueueUrl: string, message: unknown): Promise<void> {
  // Loaded only if it is needed, because nearly everything succeeds without a queue.
  const { SendMessageCommand, SQSClient } = await import('./sqs-client.ts');
  client ??= new SQSClient({ maxAttempts: 2, requestHandler: TIMEOUTS });
  const MessageBody = JSON.stringify(message);
  try {
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  } catch (error) {
    throw unavailable(error);
  }
}
