import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ListDeadLetterSourceQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { Refusal, reasonOf, refusalOf } from '../refusal.ts';

/** Maximum messages in one call to SQS. */
const BATCH_SIZE = 10;

/** Seconds that a received message stays hidden from other receivers. */
const HIDDEN = 15 * 60;

/** Seconds to wait for a message. Above 0, SQS looks everywhere before it reports that there is none. */
const WAIT = 1;

export interface Message {
  readonly id: string;
  readonly body: string;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  /** Needed for deleting the message. */
  readonly receipt: string;
}

/** A queue. Every method throws a Refusal if the queue can't be used. */
export interface Queue {
  /** Estimates the numbers of waiting messages, and of messages received but not deleted yet. */
  readonly count: () => Promise<{ readonly waiting: number; readonly hidden: number }>;
  /** Receives some messages; an empty list if none waits. */
  readonly receive: () => Promise<readonly Message[]>;
  readonly remove: (messages: readonly Message[]) => Promise<void>;
  /** Makes messages available again at once. */
  readonly release: (messages: readonly Message[]) => Promise<void>;
  /** Finds the source queue of the dead letters; undefined if there is none, or more than one. */
  readonly findSource: () => Promise<string | undefined>;
  /**
   * Sends up to ten messages to another queue.
   *
   * @returns the reasons for messages that could not be sent, by id.
   */
  readonly send: (to: string, messages: readonly Message[]) => Promise<ReadonlyMap<string, string>>;
  readonly close: () => void;
}

/** Opens a queue by its URL. Endpoint, region and credentials come from the environment. */
export function openQueue(url: string): Queue {
  const client = new SQSClient({
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: 10_000,
      throwOnRequestTimeout: true,
    },
    // An endpoint from the environment takes precedence over the queue's URL.
    useQueueUrlAsEndpoint: false,
  });
  const subject = { service: 'SQS', resource: `queue ${url}`, option: '--queue-url' } as const;
  const refuse = (error: unknown): never => {
    throw refusalOf(error, subject) ?? new Refusal(`SQS: ${reasonOf(error)}`);
  };
  client.middlewareStack.add((next) => (args) => next(args).catch(refuse), { step: 'initialize' });
  const entriesOf = (messages: readonly Message[]) =>
    messages.map(({ id, receipt }) => ({ Id: id, ReceiptHandle: receipt }));

  return {
    async count() {
      const { Attributes = {} } = await client.send(
        new GetQueueAttributesCommand({
          QueueUrl: url,
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      return {
        waiting: Number(Attributes.ApproximateNumberOfMessages),
        hidden: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
      };
    },

    async receive() {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: BATCH_SIZE,
          VisibilityTimeout: HIDDEN,
          WaitTimeSeconds: WAIT,
          MessageSystemAttributeNames: ['SentTimestamp'],
        }),
      );
      return Messages.map(({ MessageId = '', Body = '', Attributes, ReceiptHandle = '' }) => ({
        id: MessageId,
        body: Body,
        sentAt: Number(Attributes?.SentTimestamp),
        receipt: ReceiptHandle,
      }));
    },

    async remove(messages) {
      if (messages.length === 0) return;
      const { Failed = [] } = await client.send(
        new DeleteMessageBatchCommand({ QueueUrl: url, Entries: entriesOf(messages) }),
      );
      if (Failed[0]) throw new Refusal(`SQS could not delete a message: ${Failed[0].Message}`);
    },

    async release(messages) {
      for (let first = 0; first < messages.length; first += BATCH_SIZE) {
        const entries = entriesOf(messages.slice(first, first + BATCH_SIZE));
        await client.send(
          new ChangeMessageVisibilityBatchCommand({
            QueueUrl: url,
            Entries: entries.map((entry) => ({ ...entry, VisibilityTimeout: 0 })),
          }),
        );
      }
    },

    async findSource() {
      const { queueUrls = [] } = await client.send(
        new ListDeadLetterSourceQueuesCommand({ QueueUrl: url }),
      );
      return queueUrls.length === 1 ? queueUrls[0] : undefined;
    },

    async send(to, messages) {
      const { Failed = [] } = await client.send(
        new SendMessageBatchCommand({
          QueueUrl: to,
          Entries: messages.map(({ id, body }) => ({ Id: id, MessageBody: body })),
        }),
      );
      return new Map(Failed.map(({ Id = '', Message = '' }) => [Id, Message]));
    },

    close: () => client.destroy(),
  };
}
