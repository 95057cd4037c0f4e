import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { closeHours } from '../functions/triggers.ts';

/** Runs the function that closes finished hours, every few minutes. */
export class HoursSchedule extends Construct {
  constructor(scope: Construct, id: string, closer: LambdaFunction) {
    super(scope, id);
    const interval = Duration.minutes(closeHours.everyMinutes);
    new Rule(this, 'Rule', {
      schedule: Schedule.rate(interval),
      targets: [new LambdaTarget(closer)],
    });
    // No retries, because the next run does the work that a failed run left.
    closer.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: interval });
  }
}
