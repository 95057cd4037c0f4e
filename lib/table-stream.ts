import { Duration } from 'aws-cdk-lib';
import type { ITable, ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
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
import { acknowledge } from './acknowledge.ts';

export interface TableStreamProps {
  readonly table: ITableV2;
  readonly consumer: LambdaFunction;
  /** Bus for the consumer's events. */
  readonly bus: EventBus;
  /** How long changes are collected for one call of the consumer. */
  readonly maxBatchingWindow?: Duration | undefined;
}

/** Delays events by this time, but a call for many changes costs as much as a call for one. */
const BATCHING_WINDOW = Duration.seconds(10);

/** Sends the table's changes to the consumer. Records that fail there go to the dead letters. */
export class TableStream extends Construct {
  readonly deadLetters: Queue;

  constructor(
    scope: Construct,
    id: string,
    { table, consumer, bus, maxBatchingWindow = BATCHING_WINDOW }: TableStreamProps,
  ) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.deadLetters, 'SQS3', 'It is itself the dead-letter queue of a stream.');
    consumer.addEventSource(
      new DynamoEventSource(table as ITable, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        filters: consumeStream.filters.map((filter) => FilterCriteria.filter(filter)),
        batchSize: 500,
        maxBatchingWindow,
        bisectBatchOnError: true,
        reportBatchItemFailures: true,
        // Half of the 24 hours that a stream holds. The first half is for waiting out an outage, the second for
        // bringing back dead letters, which only name their records. An age bounds throttling too, a number of
        // tries doesn't: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
        maxRecordAge: Duration.hours(12),
        // Lets the consumer send there as well: records that a retry would not make readable.
        onFailure: new SqsDlq(this.deadLetters),
      }),
    );
    consumer.addEnvironment(env.streamDeadLettersUrl, this.deadLetters.queueUrl);
    consumer.addEnvironment(env.eventBusName, bus.eventBusName);
    bus.grantPutEventsTo(consumer);
  }
}
