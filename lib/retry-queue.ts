import { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface RetryQueueProps {
  /** Puts in what it could not do. */
  readonly sender: LambdaFunction;
  /** Variable that tells the sender where the queue is. */
  readonly variable: string;
  /** Does it. */
  readonly receiver: LambdaFunction;
  /**
   * From one try to the next: at least six times the receiver's timeout, see
   * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
   */
  readonly interval: Duration;
  /** After so many it is a dead letter. */
  readonly tries: number;
}

/** What could not be done at once waits here to be tried again, and, after many tries, in the dead letters. */
export class RetryQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(
    scope: Construct,
    id: string,
    { sender, variable, receiver, interval, tries }: RetryQueueProps,
  ) {
    super(scope, id);
    // As long as there is; what is spent in the first is taken off what is left in the other, see
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
    const kept = { enforceSSL: true, retentionPeriod: Duration.days(14) };
    this.deadLetters = new Queue(this, 'DeadLetters', kept);
    this.queue = new Queue(this, 'Queue', {
      ...kept,
      visibilityTimeout: interval,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: tries },
    });
    sender.addEnvironment(variable, this.queue.queueUrl);
    this.queue.grantSendMessages(sender);
    receiver.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: 10,
        reportBatchItemFailures: true,
        // So few at a time that a long queue leaves the table to who is waiting.
        maxConcurrency: 2,
      }),
    );
  }
}
