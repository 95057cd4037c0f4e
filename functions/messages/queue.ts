import { call, type Service } from '../aws/call.ts';
import { unavailable } from '../core/errors.ts';

// Milliseconds. Somebody is waiting, so two attempts take 0.9 s at most.
const SQS: Omit<Service, 'endpoint'> = {
  name: 'sqs',
  target: 'AmazonSQS',
  timeouts: { connectionTimeout: 400, requestTimeout: 400 },
  attempts: 2,
};

/**
 * Sends a message to a queue. The endpoint is that of the queue's URL, as it is for the SDK.
 *
 * @throws ReferralsError `unavailable` if the message can't be sent.
 */
export async function sendMessage(QueueUrl: string, message: unknown): Promise<void> {
  const service = { ...SQS, endpoint: new URL('/', QueueUrl) };
  try {
    await call(service, 'SendMessage', { QueueUrl, MessageBody: JSON.stringify(message) });
  } catch (error) {
    throw unavailable(error);
  }
}
