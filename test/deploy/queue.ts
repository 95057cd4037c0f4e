import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { expect, vi } from 'vitest';

// biome-ignore lint/suspicious/noExplicitAny: a message is as loose as JSON
type Message = any;

// The emulator's queue URLs are at localhost, where the SDK does not reach them.
const connect = () => new SQSClient({ useQueueUrlAsEndpoint: false });

/** Waits for this many messages of a queue, and takes them out. Messages with the same identity count once. */
export async function takeMessages(
  QueueUrl: string,
  count: number,
  identify: (message: Message) => string = JSON.stringify,
): Promise<Message[]> {
  const sqs = connect();
  const taken = new Map<string, Message>();
  const take = async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    for (const { Body = '', ReceiptHandle } of Messages) {
      const message = JSON.parse(Body);
      taken.set(identify(message), message);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
    expect(taken.size).toBeGreaterThanOrEqual(count);
  };
  await vi.waitFor(take, { timeout: 60_000, interval: 500 });
  sqs.destroy();
  return [...taken.values()];
}

/** Puts a message into a queue. */
export async function sendMessage(QueueUrl: string, message: object): Promise<void> {
  const sqs = connect();
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }));
  sqs.destroy();
}
