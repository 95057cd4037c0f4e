import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { closeHours } from '../functions/triggers.ts';

/** Has a function close the hours that are over, every few minutes. */
export class HoursSchedule extends Construct {
  constructor(scope: Construct, id: string, closer: LambdaFunction) {
    super(scope, id);
    const interval = Duration.minutes(closeHours.everyMinutes);
    new Rule(this, 'Rule', {
      schedule: Schedule.rate(interval),
      targets: [new LambdaTarget(closer)],
    });
    // What a run left, or one that could not start, the next one does.
    closer.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: interval });
  }
}
