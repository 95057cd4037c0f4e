import { type RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  type IUserPool,
  type IUserPoolClient,
  UserPool,
  UserPoolOperation,
} from 'aws-cdk-lib/aws-cognito';
import type { IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { environment as env } from '../functions/environment.ts';

export interface ReferralUsersProps {
  readonly userPool?: IUserPool | undefined;
  readonly userPoolClients?: readonly IUserPoolClient[] | undefined;
  /** What becomes of a pool that is made here when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
}

/** The app's users: its own pool, or one that is made here. */
export class ReferralUsers extends Construct {
  readonly userPool: IUserPool;
  readonly userPoolClients: readonly IUserPoolClient[];

  constructor(scope: Construct, id: string, props: ReferralUsersProps) {
    super(scope, id);
    this.userPool = props.userPool ?? this.#makeUserPool(props.removalPolicy);
    this.userPoolClients = props.userPoolClients ?? [
      this.userPool.addClient('App', {
        authFlows: { userPassword: true, userSrp: true },
        disableOAuth: true,
      }),
    ];
  }

  /** Tells a function whose tokens it accepts. */
  tellIssuer(handler: LambdaFunction): void {
    const clientIds = this.userPoolClients.map(({ userPoolClientId }) => userPoolClientId);
    handler.addEnvironment(env.tokenIssuer, `https://${this.userPool.userPoolProviderName}`);
    handler.addEnvironment(env.tokenClientIds, clientIds.join(','));
  }

  /** Has Cognito call a function after each sign-up. */
  addPostConfirmation(handler: IFunction): void {
    try {
      (this.userPool as UserPool).addTrigger(UserPoolOperation.POST_CONFIRMATION, handler);
    } catch (cause) {
      throw new Error(
        'userPool: it has a post-confirmation trigger already; give that as nextPostConfirmation instead of attaching it.',
        { cause },
      );
    }
  }

  #makeUserPool(removalPolicy: RemovalPolicy): UserPool {
    const userPool = new UserPool(this, 'UserPool', {
      selfSignUpEnabled: true,
      signInAliases: { email: true },
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireSymbols: true,
        requireUppercase: true,
      },
      removalPolicy,
    });
    Validations.of(userPool).acknowledge({
      id: 'AwsSolutions::AwsSolutions-COG2',
      reason: 'A second factor is the app’s to ask for: give a user pool that does.',
    });
    Validations.of(userPool).acknowledge({
      id: 'AwsSolutions::AwsSolutions-COG8',
      reason: 'The plus plan costs by user; an app that wants it gives its own user pool.',
    });
    return userPool;
  }
}
