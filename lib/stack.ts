import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { consumeStream } from '../functions/triggers.ts';
import type { ReferralsProps } from './props.ts';
import { Referrals } from './referrals.ts';

/** Props of `Referrals`, with existing resources as names or ARNs. */
export interface ReferralsStackProps
  extends StackProps,
    Omit<ReferralsProps, 'domain' | 'alarms' | 'existingTable'> {
  /**
   * Custom domain of the links. Create its DNS record yourself, or use `Referrals` with a hosted zone.
   *
   * @default - the domain that API Gateway assigns
   */
  readonly domainName?: string;
  /** Certificate of the domain, in the stack's region. Required with `domainName`. */
  readonly certificateArn?: string;
  /**
   * SNS topic for alarms.
   *
   * @default - no alarms
   */
  readonly alarmTopicArn?: string;
  /**
   * Stream of a table of this service that is there already, see `existingTable` of `Referrals`.
   *
   * @default - a new table
   * @example 'arn:aws:dynamodb:eu-west-1:123456789012:table/Restored/stream/2026-11-27T00:00:00.000'
   */
  readonly existingTableStreamArn?: string;
}

/** A ready-made stack around `Referrals`. Its outputs have the same names as in `npm start`. */
export class ReferralsStack extends Stack {
  readonly referrals: Referrals;

  constructor(scope: Construct, id: string, props: ReferralsStackProps) {
    super(scope, id, props);
    const { domainName, certificateArn, alarmTopicArn, existingTableStreamArn, ...settings } =
      props;
    if ((domainName === undefined) !== (certificateArn === undefined)) {
      throw new Error('domainName and certificateArn: give both, or neither.');
    }
    this.referrals = new Referrals(this, 'Referrals', {
      ...settings,
      ...(domainName &&
        certificateArn && {
          domain: {
            name: domainName,
            certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
          },
        }),
      ...(existingTableStreamArn && {
        existingTable: TableV2.fromTableAttributes(this, 'ExistingTable', {
          tableArn: existingTableStreamArn.replace(/\/stream\/.*$/, ''),
          tableStreamArn: existingTableStreamArn,
        }),
      }),
      ...(alarmTopicArn && {
        alarms: { topic: Topic.fromTopicArn(this, 'AlarmTopic', alarmTopicArn) },
      }),
    });

    const { url, domainTarget, userPool, userPoolClients, table } = this.referrals;
    const { bus, deadLetters, functions } = this.referrals;
    const outputs = {
      ApiUrl: url,
      UserPoolId: userPool.userPoolId,
      UserPoolClientId: userPoolClients.map((client) => client.userPoolClientId).join(','),
      CognitoEndpoint: `https://cognito-idp.${this.region}.${this.urlSuffix}`,
      DynamoDBEndpoint: `https://dynamodb.${this.region}.${this.urlSuffix}`,
      TableName: table.tableName,
      DefaultRedirectTo: props.defaultRedirectTo ?? `${props.appUrl}/`,
      EventBusName: bus.eventBusName,
      ClickDeadLettersUrl: deadLetters.clicks.queueUrl,
      SignUpDeadLettersUrl: deadLetters.signUps.queueUrl,
      StreamDeadLettersUrl: deadLetters.stream.queueUrl,
      ConsumeStreamFunctionName: functions[consumeStream.function].functionName,
      ...(domainTarget && { DomainTarget: domainTarget }),
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
