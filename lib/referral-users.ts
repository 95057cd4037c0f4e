import { ArnFormat, CfnDeletionPolicy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AccountRecovery,
  type CfnUserPool,
  type IUserPool,
  type IUserPoolClient,
  Mfa,
  UserPool,
  type UserPoolClient,
  UserPoolOperation,
} from 'aws-cdk-lib/aws-cognito';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
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
    this.userPoolClients = props.userPoolClients ?? [this.#makeClient(props.removalPolicy)];
  }

  /** Whether the pool is still there when the stack is deleted. */
  get outlivesStack(): boolean {
    const { cfnOptions } = this.userPool.node.defaultChild as CfnUserPool;
    const isKept = cfnOptions.deletionPolicy !== CfnDeletionPolicy.DELETE;
    return isKept || Stack.of(this.userPool) !== Stack.of(this);
  }

  /** Tells a function to accept tokens of this pool and its clients. */
  tellIssuer(handler: LambdaFunction): void {
    const clientIds = this.userPoolClients.map(({ userPoolClientId }) => userPoolClientId);
    handler.addEnvironment(env.tokenIssuer, `https://${this.userPool.userPoolProviderName}`);
    handler.addEnvironment(env.tokenClientIds, clientIds.join(','));
  }

  /**
   * Makes Cognito call a function after each sign-up.
   *
   * @param name of the function, if the pool must know nothing else of it: because the function's stack depends on
   *   the pool's, or because the function calls another one that depends on the pool.
   */
  addPostConfirmation(handler: LambdaFunction, name?: string): void {
    const userPool = this.userPool as UserPool;
    const trigger = LambdaFunction.fromFunctionAttributes(userPool, 'PostConfirmation', {
      functionArn: name === undefined ? handler.functionArn : functionArn(name, userPool),
      // The permission is with the function (`mayInvoke`), so that both are kept or go together.
      sameEnvironment: false,
      skipPermissions: true,
    });
    try {
      userPool.addTrigger(UserPoolOperation.POST_CONFIRMATION, trigger);
    } catch (cause) {
      throw new Error(
        'userPool: it has a post-confirmation trigger already; pass that as nextPostConfirmation instead of attaching it.',
        { cause },
      );
    }
  }

  /** Lets the pool, and no other, call a function. */
  mayInvoke(handler: LambdaFunction): void {
    handler.addPermission('UserPool', {
      principal: new ServicePrincipal('cognito-idp.amazonaws.com'),
      sourceArn: this.userPool.userPoolArn,
    });
  }

  #makeClient(removalPolicy: RemovalPolicy): UserPoolClient {
    const client = this.userPool.addClient('App', {
      authFlows: { userPassword: true, userSrp: true },
      disableOAuth: true,
      // Strangers must not learn whether an address has an account.
      preventUserExistenceErrors: true,
    });
    // Without it, nobody can sign in to a pool that is kept.
    client.applyRemovalPolicy(removalPolicy);
    return client;
  }

  #makeUserPool({ removalPolicy, userPoolSettings }: ReferralUsersProps): UserPool {
    const userPool = new UserPool(this, 'UserPool', {
      selfSignUpEnabled: true,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      // A new address counts only when it is verified.
      keepOriginal: { email: true },
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

/** The ARN of a function in the account and region of a pool. */
const functionArn = (resourceName: string, userPool: UserPool): string =>
  Stack.of(userPool).formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
