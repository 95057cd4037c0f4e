import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';

/** A queue with a second queue for its dead letters. */
export interface Queue {
  readonly url: string;
  readonly deadLettersUrl: string;
  /** Number of messages ever sent to it. */
  readonly sent: () => number;
  /** Number of messages that wait or are in work. */
  readonly pending: () => Promise<number>;
  readonly deadLetters: () => Promise<number>;
  /** Up to ten messages, as JSON. */
  readonly bodies: () => Promise<unknown[]>;
  /** Brings the dead letters back, as the console's redrive does. */
  readonly redrive: () => Promise<void>;
}

export interface Queues {
  readonly endpoint: string;
  readonly create: (name: string, options?: QueueOptions) => Promise<Queue>;
  readonly stop: () => Promise<void>;
}

export interface QueueOptions {
  /** Seconds until a received message that nobody deleted comes back. */
  readonly visibilityTimeout?: number;
  /** Number of times that a message is received before it becomes a dead letter. */
  readonly maxReceiveCount?: number;
}

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Starts an SQS in this process. */
export async function startQueues(): Promise<Queues> {
  // Does not use its own start function, which listens on all interfaces.
  const app = buildApp({ logger: false });
  /** The queue of each sent message. */
  const sent: string[] = [];
  app.addHook('preHandler', async ({ headers, body }) => {
    if (headers['x-amz-target'] === 'AmazonSQS.SendMessage') {
      sent.push((body as { QueueUrl: string }).QueueUrl);
    }
  });
  const endpoint = await app.listen({ port: 0, host: '127.0.0.1' });
  const client = new SQSClient({ endpoint, region: 'local', credentials });

  const createQueue = async (QueueName: string, Attributes: Record<string, string>) => {
    await client.send(new CreateQueueCommand({ QueueName, Attributes }));
    return `${endpoint}/000000000000/${QueueName}`;
  };
  const attributesOf = async (QueueUrl: string) => {
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
    return (await client.send(command)).Attributes ?? {};
  };
  const pending = async (url: string) => {
    const attributes = await attributesOf(url);
    return (
      Number(attributes.ApproximateNumberOfMessages) +
      Number(attributes.ApproximateNumberOfMessagesNotVisible)
    );
  };
  const move = async (from: string, to: string) => {
    const receive = new ReceiveMessageCommand({ QueueUrl: from, MaxNumberOfMessages: 10 });
    for (;;) {
      const { Messages = [] } = await client.send(receive);
      if (Messages.length === 0) return;
      for (const { Body, ReceiptHandle } of Messages) {
        await client.send(new SendMessageCommand({ QueueUrl: to, MessageBody: Body }));
        await client.send(new DeleteMessageCommand({ QueueUrl: from, ReceiptHandle }));
      }
    }
  };

  return {
    endpoint,
    async create(name, { visibilityTimeout = 2, maxReceiveCount = 5 } = {}) {
      const deadLettersUrl = await createQueue(`${name}-dead-letters`, {});
      const { QueueArn: deadLetterTargetArn } = await attributesOf(deadLettersUrl);
      const url = await createQueue(name, {
        VisibilityTimeout: `${visibilityTimeout}`,
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount }),
      });
      return {
        url,
        deadLettersUrl,
        sent: () => sent.filter((queueUrl) => queueUrl === url).length,
        pending: () => pending(url),
        deadLetters: () => pending(deadLettersUrl),
        bodies: async () => {
          const receive = new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 });
          const { Messages = [] } = await client.send(receive);
          return Messages.map(({ Body = '' }) => JSON.parse(Body));
        },
        redrive: () => move(deadLettersUrl, url),
      };
    },
    async stop() {
      client.destroy();
      await app.close();
    },
  };
}
