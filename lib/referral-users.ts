import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRecovery,
  type IUserPool,
  type IUserPoolClient,
  Mfa,
  UserPool,
  UserPoolOperation,
} from 'aws-cdk-lib/aws-cognito';
import type { IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { environment as env } from '../functions/environment.ts';
import { acknowledge } from './acknowledge.ts';
import type { ReferralsProps } from './props.ts';

export interface ReferralUsersProps {
  readonly userPool?: IUserPool | undefined;
  readonly userPoolClients?: readonly IUserPoolClient[] | undefined;
  readonly userPoolSettings?: ReferralsProps['userPoolSettings'] | undefined;
  /** What happens to a new pool when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
}

/** The user pool of the app, or a new one. */
export class ReferralUsers extends Construct {
  readonly userPool: IUserPool;
  readonly userPoolClients: readonly IUserPoolClient[];

  constructor(scope: Construct, id: string, props: ReferralUsersProps) {
    super(scope, id);
    this.userPool = props.userPool ?? this.#makeUserPool(props);
    this.userPoolClients = props.userPoolClients ?? [
      this.userPool.addClient('App', {
        authFlows: { userPassword: true, userSrp: true },
        disableOAuth: true,
        // Strangers must not learn whether an address has an account.
        preventUserExistenceErrors: true,
      }),
    ];
  }

  /** Tells a function to accept tokens of this pool and its clients. */
  tellIssuer(handler: LambdaFunction): void {
    const clientIds = this.userPoolClients.map(({ userPoolClientId }) => userPoolClientId);
    handler.addEnvironment(env.tokenIssuer, `https://${this.userPool.userPoolProviderName}`);
    handler.addEnvironment(env.tokenClientIds, clientIds.join(','));
  }

  /** Makes Cognito call a function after each sign-up. */
  addPostConfirmation(handler: IFunction): void {
    try {
      (this.userPool as UserPool).addTrigger(UserPoolOperation.POST_CONFIRMATION, handler);
    } catch (cause) {
      throw new Error(
        'userPool: it has a post-confirmation trigger already; pass that as nextPostConfirmation instead of attaching it.',
        { cause },
      );
    }
  }

  #makeUserPool({ removalPolicy, userPoolSettings }: ReferralUsersProps): UserPool {
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
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
      removalPolicy,
      ...userPoolSettings,
    });
    acknowledge(
      userPool,
      'COG2',
      'The app decides on a second factor; it can pass a user pool that requires one.',
    );
    acknowledge(
      userPool,
      'COG8',
      'The plus plan costs per user; an app that wants it can pass its own user pool.',
    );
    return userPool;
  }
}
