import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { consumeStream } from '../functions/triggers.ts';
import type { ReferralsProps } from './props.ts';
import { Referrals } from './referrals.ts';

/** `Referrals` with what is made elsewhere given by name. */
export interface ReferralsStackProps extends StackProps, Omit<ReferralsProps, 'domain' | 'alarms'> {
  /**
   * A domain of the links' own; make its record by hand, or use `Referrals` with a hosted zone.
   *
   * @default - the domain that API Gateway gives
   */
  readonly domainName?: string;
  /** The domain's certificate, in the stack's region; required with `domainName`. */
  readonly certificateArn?: string;
  /**
   * The SNS topic that alarms are sent to.
   *
   * @default - a dashboard, and no alarms
   */
  readonly alarmTopicArn?: string;
}

/** The ready-made stack around `Referrals`; its outputs are named like those of `npm start`. */
export class ReferralsStack extends Stack {
  readonly referrals: Referrals;

  constructor(scope: Construct, id: string, props: ReferralsStackProps) {
    super(scope, id, props);
    const { domainName, certificateArn, alarmTopicArn, ...settings } = props;
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
