import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import { Referrals } from './referrals.ts';
import type { ReferralSettings } from './settings.ts';

export interface ReferralsStackProps extends StackProps, ReferralSettings {}

/** The ready-made stack: Referrals with a user pool of its own. */
export class ReferralsStack extends Stack {
  constructor(scope: Construct, id: string, props: ReferralsStackProps) {
    super(scope, id, props);
    const userPool = new UserPool(this, 'UserPool', {
      selfSignUpEnabled: true,
      signInAliases: { email: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const client = userPool.addClient('App', { authFlows: { userPassword: true, userSrp: true } });
    const referrals = new Referrals(this, 'Referrals', {
      ...props,
      userPool,
      userPoolClients: [client],
    });

    const outputs = {
      ApiUrl: referrals.url,
      UserPoolId: userPool.userPoolId,
      UserPoolClientId: client.userPoolClientId,
      TableName: referrals.table.tableName,
      DefaultRedirectTo: props.defaultRedirectTo ?? `${props.appUrl}/`,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
