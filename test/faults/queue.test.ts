import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test } from 'vitest';
import { startQueues } from './queue.ts';

test('a message that nobody deletes becomes a dead letter after its tries, and a redrive brings it back', async () => {
  const queues = await startQueues();
  onTestFinished(queues.stop);
  const queue = await queues.create('clicks', { visibilityTimeout: 1, maxReceiveCount: 2 });
  const { endpoint } = queues;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SQSClient({ endpoint, region: 'local', credentials });
  onTestFinished(() => client.destroy());
  const receive = async (WaitTimeSeconds = 0) => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl: queue.url, WaitTimeSeconds }),
    );
    return Messages;
  };

  await client.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: 'click' }));
  const bodies = [];
  for (const wait of [0, 0, 3, 3]) bodies.push((await receive(wait)).map(({ Body }) => Body));
  expect(bodies).toEqual([['click'], [], ['click'], []]);
  expect([await queue.pending(), await queue.deadLetters()]).toEqual([0, 1]);

  await queue.redrive();
  expect([await queue.pending(), await queue.deadLetters()]).toEqual([1, 0]);
  const [{ Body, ReceiptHandle } = {}] = await receive();
  await client.send(new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle }));
  expect([Body, await queue.pending(), await queue.deadLetters()]).toEqual(['click', 0, 0]);
});
