import { randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { expect } from 'vitest';

/** An answer of SQS. */
export interface Answer {
  readonly status?: number;
  readonly body: object;
}

/** Replaces the answer of SQS to an operation; undefined keeps it. */
export type Intervene = (
  operation: string,
  input: Input,
) => Answer | undefined | Promise<Answer | undefined>;

interface Input {
  readonly QueueUrl: string;
  WaitTimeSeconds?: number;
  readonly Entries?: readonly { readonly Id: string }[];
}

/** The messages of a queue, received or not. */
export interface Content {
  readonly waiting: readonly string[];
  readonly hidden: readonly string[];
}

/** A queue with a second queue for its dead letters. */
export interface DeadQueue {
  readonly url: string;
  readonly deadLettersUrl: string;
}

export interface Sqs {
  readonly endpoint: string;
  intervene: Intervene;
  /** Creates a queue that holds the dead letters of no other queue. */
  readonly createPlainQueue: () => Promise<string>;
  /** Creates a queue whose messages become dead letters after two receives. */
  readonly createQueue: () => Promise<DeadQueue>;
  readonly send: (url: string, bodies: readonly string[]) => Promise<void>;
  /** Turns the messages of a queue into dead letters, by receiving them again and again. */
  readonly kill: (queue: DeadQueue) => Promise<void>;
  readonly purge: (url: string) => Promise<void>;
  /** The sorted bodies of a queue's messages. */
  readonly contentOf: (url: string) => Promise<Content>;
  readonly stop: () => Promise<void>;
}

/** Starts an SQS in this process. It knows the source of a queue's dead letters, which the emulator does not. */
export async function startSqs(): Promise<Sqs> {
  const app = buildApp({ logger: false, defaultRegion: 'local' });
  const sources = new Map<string, string>();
  const own: Intervene = (operation, input) => {
    if (operation !== 'ListDeadLetterSourceQueues') return undefined;
    const source = sources.get(input.QueueUrl);
    return { body: { queueUrls: source === undefined ? [] : [source] } };
  };
  app.addHook('preHandler', async (request, reply) => {
    const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    if (request.body === undefined) return;
    const input = request.body as Input;
    // Does not wait for messages: this SQS keeps all of them in one place, so an empty answer is right.
    if (input.WaitTimeSeconds !== undefined) input.WaitTimeSeconds = 0;
    const answer = (await sqs.intervene(operation, input)) ?? (await own(operation, input));
    if (answer !== undefined) return reply.status(answer.status ?? 200).send(answer.body);
  });
  const endpoint = await app.listen({ port: 0, host: '127.0.0.1' });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SQSClient({ endpoint, region: 'local', credentials });

  const create = async (QueueName: string, Attributes: Record<string, string>) => {
    await client.send(new CreateQueueCommand({ QueueName, Attributes }));
    const QueueUrl = `${endpoint}/000000000000/${QueueName}`;
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
    return { url: QueueUrl, arn: (await client.send(command)).Attributes?.QueueArn };
  };

  const sqs: Sqs = {
    endpoint,
    intervene: () => undefined,

    createPlainQueue: async () => (await create(randomUUID(), {})).url,

    async createQueue() {
      const name = randomUUID();
      const deadLetters = await create(`${name}-dead`, {});
      const policy = { deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 1 };
      const { url } = await create(name, {
        VisibilityTimeout: '0',
        RedrivePolicy: JSON.stringify(policy),
      });
      sources.set(deadLetters.url, url);
      return { url, deadLettersUrl: deadLetters.url };
    },

    async send(QueueUrl, bodies) {
      for (let first = 0; first < bodies.length; first += 10) {
        const Entries = bodies
          .slice(first, first + 10)
          .map((MessageBody, index) => ({ Id: `${index}`, MessageBody }));
        await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      }
    },

    async kill({ url, deadLettersUrl }) {
      const { waiting } = await sqs.contentOf(url);
      const command = new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 });
      while ((await sqs.contentOf(deadLettersUrl)).waiting.length < waiting.length) {
        await client.send(command);
      }
      expect(await sqs.contentOf(url)).toEqual({ waiting: [], hidden: [] });
    },

    async purge(QueueUrl) {
      await client.send(new PurgeQueueCommand({ QueueUrl }));
    },

    async contentOf(url) {
      const answer = await fetch(`${endpoint}/_fauxqs/queues/${url.split('/').at(-1)}`);
      // biome-ignore lint/suspicious/noExplicitAny: whatever the emulator answers
      const { messages } = (await answer.json()) as any;
      return {
        waiting: messages.ready.map(({ body }: { body: string }) => body).sort(),
        hidden: messages.inflight
          .map(({ message }: { message: { body: string } }) => message.body)
          .sort(),
      };
    },

    async stop() {
      client.destroy();
      await app.close();
    },
  };
  return sqs;
}
