import { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface RetryQueueProps {
  /** Queues its failed work. */
  readonly sender: LambdaFunction;
  /** Variable that tells the sender the queue's URL. */
  readonly variable: string;
  /** Does the queued work. */
  readonly receiver: LambdaFunction;
  /**
   * Time between two tries: at least six times the receiver's timeout, see
   * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
   */
  readonly interval: Duration;
  /** After this many tries, a message becomes a dead letter. */
  readonly tries: number;
}

/** A queue of failed work for another try. After `tries`, messages go to the dead letters. */
export class RetryQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(
    scope: Construct,
    id: string,
    { sender, variable, receiver, interval, tries }: RetryQueueProps,
  ) {
    super(scope, id);
    // The maximum. Time in the queue reduces the time that is left in the dead letters, see
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
        // Low, so that a long queue leaves the table to people who wait.
        maxConcurrency: 2,
      }),
    );
  }
}
