import { Duration } from 'aws-cdk-lib';
import { type IUserPoolClient, type UserPool, UserPoolOperation } from 'aws-cdk-lib/aws-cognito';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { environment as env } from '../functions/environment.ts';
import { apiTimeout, postConfirmation, routes } from '../functions/routes.ts';
import { ReferralApi } from './referral-api.ts';
import { ReferralFunction } from './referral-function.ts';
import { ReferralTable } from './referral-table.ts';
import { type ReferralSettings, settingsEnvironment } from './settings.ts';

export interface ReferralsProps extends ReferralSettings {
  /** The app's users. A post-confirmation trigger is added that gives each new one a link. */
  readonly userPool: UserPool;
  /** App clients of the pool whose tokens are accepted. */
  readonly userPoolClients: readonly IUserPoolClient[];
}

/**
 * Referral links for an app: the HTTP API, its functions, their table and the sign-up trigger.
 *
 * @example
 * const referrals = new Referrals(this, 'Referrals', {
 *   appUrl: 'https://app.example.com',
 *   userPool,
 *   userPoolClients: [client],
 * });
 * new CfnOutput(this, 'ApiUrl', { value: referrals.url });
 */
export class Referrals extends Construct {
  /** Origin of the API, without a trailing slash. */
  readonly url: string;
  readonly table: TableV2;

  constructor(scope: Construct, id: string, props: ReferralsProps) {
    super(scope, id);
    const { userPool, userPoolClients } = props;
    const table = new ReferralTable(this, 'Table');
    const api = new ReferralApi(this, 'Api', props);
    this.url = api.url;
    this.table = table.table;
    const environment = settingsEnvironment(props, api.url);

    for (const [file, ofFunction] of Map.groupBy(routes, ({ function: name }) => name)) {
      const handler = new ReferralFunction(this, pascalCase(file), {
        file,
        timeout: Duration.seconds(apiTimeout),
        environment,
      });
      if (ofFunction.every(({ auth }) => auth === 'none')) table.grantRecordClicks(handler);
      else table.grantServeApi(handler);
      if (ofFunction.some(({ auth }) => auth === 'optional')) {
        handler.addEnvironment(env.tokenIssuer, userPool.userPoolProviderUrl);
        handler.addEnvironment(
          env.tokenClientIds,
          userPoolClients.map(({ userPoolClientId }) => userPoolClientId).join(','),
        );
      }
      for (const route of ofFunction) api.addRoute(route, handler);
    }

    const confirmSignUp = new ReferralFunction(this, pascalCase(postConfirmation.function), {
      file: postConfirmation.function,
      timeout: Duration.seconds(postConfirmation.timeout),
      environment,
    });
    table.grantServeApi(confirmSignUp);
    userPool.addTrigger(UserPoolOperation.POST_CONFIRMATION, confirmSignUp);
  }
}

const pascalCase = (name: string): string =>
  name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
