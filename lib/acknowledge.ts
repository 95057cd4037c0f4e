import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Tells cdk-nag why a construct does on purpose what a rule of `AwsSolutions` reports. aws-cdk-lib before 2.252
 * has no place for that: there, cdk-nag reports it.
 *
 * @param rule its name in cdk-nag, such as `SQS3`.
 * @param reason one sentence, for the report.
 */
export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations?.of(construct).acknowledge?.({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
}
