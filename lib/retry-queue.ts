import { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { environment as env } from '../functions/environment.ts';
import { retrySignUp } from '../functions/triggers.ts';

/** After so many tries, ten minutes apart, a sign-up goes to the dead letters. */
const TRIES = 10;

/** Sign-ups that could not get their link at once, and, after many tries, the dead letters among them. */
export class SignUpQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, 'Queue', {
      enforceSSL: true,
      // Six times the function's timeout, as Lambda asks for, and no less than ten minutes between tries:
      // what is out of order now is often still so a minute later.
      visibilityTimeout: Duration.seconds(Math.max(6 * retrySignUp.timeout, 600)),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: TRIES },
    });
  }

  /** Lets a function put sign-ups in. */
  connectSender(handler: LambdaFunction): void {
    handler.addEnvironment(env.signUpQueueUrl, this.queue.queueUrl);
    this.queue.grantSendMessages(handler);
  }

  /** Has a function work on them. */
  connectReceiver(handler: LambdaFunction): void {
    handler.addEventSource(
      new SqsEventSource(this.queue, { reportBatchItemFailures: true, maxConcurrency: 2 }),
    );
  }
}
