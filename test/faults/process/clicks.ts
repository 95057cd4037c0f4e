import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { storeClick } from '../../../functions/triggers.ts';
import { invoke } from '../../../local/invoke.ts';

// The event source of the click queue. It deletes the messages that the function does not report as failed.
const QueueUrl = process.env.CLICK_QUEUE_URL;
const client = new SQSClient();

process.stdout.write('Ready.\n');
for (;;) {
  try {
    await work();
  } catch (error) {
    process.stderr.write(`${(error as Error).stack}\n`);
  }
}

async function work(): Promise<void> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
  );
  if (Messages.length === 0) return;
  const event = { Records: Messages.map(recordOf) };
  const answer = (await invoke('store-click', event, storeClick.timeout)) as SQSBatchResponse;
  const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const done = Messages.filter(({ MessageId = '' }) => !failed.has(MessageId));
  await Promise.all(
    done.map(({ ReceiptHandle }) =>
      client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })),
    ),
  );
}

/** A message as a function gets it from Lambda. */
function recordOf({ MessageId = '', ReceiptHandle = '', Body = '' }: Message): Partial<SQSRecord> {
  return { messageId: MessageId, receiptHandle: ReceiptHandle, body: Body, eventSource: 'aws:sqs' };
}
