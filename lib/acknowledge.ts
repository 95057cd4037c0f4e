import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Tells cdk-nag 3 why a construct does on purpose what a rule of `AwsSolutions` reports. Does nothing with
 * aws-cdk-lib before 2.252, which has no acknowledgments.
 *
 * @param rule its name in cdk-nag, such as `SQS3`.
 * @param reason one sentence, for the report.
 */
export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations?.of(construct).acknowledge?.({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
}
