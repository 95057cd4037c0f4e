import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { expect, vi } from 'vitest';

// biome-ignore lint/suspicious/noExplicitAny: a message is as loose as JSON
type Message = any;

// The emulator's queues are at localhost, they say, which is not how the SDK reaches it.
const connect = () => new SQSClient({ useQueueUrlAsEndpoint: false });

/** Waits for as many messages of a queue as there should be, and takes them out; those of one identity are one. */
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
