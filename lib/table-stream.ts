import { Duration, Validations } from 'aws-cdk-lib';
import type { ITable, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import {
  FilterCriteria,
  type Function as LambdaFunction,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { environment as env } from '../functions/environment.ts';
import { consumeStream } from '../functions/triggers.ts';

export interface TableStreamProps {
  readonly table: TableV2;
  readonly consumer: LambdaFunction;
  /** Where the consumer puts events. */
  readonly bus: EventBus;
}

/** What is new in the table goes to its consumer, and what the consumer can't take to the dead letters. */
export class TableStream extends Construct {
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { table, consumer, bus }: TableStreamProps) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.deadLetters).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SQS3',
      reason: 'It is a dead-letter queue itself, of a stream.',
    });
    consumer.addEventSource(
      new DynamoEventSource(table as ITable, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        filters: consumeStream.filters.map((filter) => FilterCriteria.filter(filter)),
        batchSize: 500,
        // Events come that much later, and cost a fraction where there are many.
        maxBatchingWindow: Duration.seconds(2),
        bisectBatchOnError: true,
        reportBatchItemFailures: true,
        // Half of the 24 hours that a stream holds: so long an outage is waited out, and as long again there
        // is to bring dead letters back, which only name their records. An age bounds throttling too, a
        // number of tries doesn't: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
        maxRecordAge: Duration.hours(12),
        // Lets the consumer send there as well, which it does with what no retry would make readable.
        onFailure: new SqsDlq(this.deadLetters),
      }),
    );
    consumer.addEnvironment(env.streamDeadLettersUrl, this.deadLetters.queueUrl);
    consumer.addEnvironment(env.eventBusName, bus.eventBusName);
    bus.grantPutEventsTo(consumer);
  }
}
