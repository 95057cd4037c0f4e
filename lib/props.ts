import type { RemovalPolicy } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IUserPool, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import type { TablePropsV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { ReferralSettings } from './settings.ts';

/** How many requests API Gateway lets through; over that it answers 429. */
export interface Throttle {
  /** Requests a second. */
  readonly rate: number;
  /** Requests at once. */
  readonly burst: number;
}

/** What `Referrals` is made of; only `appUrl` is required. */
export interface ReferralsProps extends ReferralSettings {
  /**
   * The app's users. A pool of this app gets a post-confirmation trigger that gives each new user a link.
   *
   * @default - a user pool of its own, whose users sign in with their email address
   */
  readonly userPool?: IUserPool;
  /**
   * App clients of `userPool` whose tokens are accepted; required with it.
   *
   * @default - one client, with passwords and SRP
   */
  readonly userPoolClients?: readonly IUserPoolClient[];
  /**
   * Whether the post-confirmation trigger is attached to the pool. Must be false where the pool was made
   * elsewhere (`UserPool.fromUserPoolId`): then call `functions['confirm-sign-up']` from its own trigger.
   *
   * @default true
   */
  readonly attachTrigger?: boolean;
  /**
   * A post-confirmation function that the pool would have had otherwise. It is called after ours with the
   * same event, and its answer returned; where it fails, the sign-up fails as it would without us. Both
   * together have 4 seconds: ours is usually done within a few hundredths, and gives up after 2.5.
   *
   * @default - none
   */
  readonly nextPostConfirmation?: IFunction;
  /**
   * Path of an ES module with hooks: `generateCode`, `clientIp`, `includeResponse`; see `Hooks`. It is
   * shipped as one file, so it may import nothing but Node's own modules.
   *
   * @default - none
   * @example './referral-hooks.mjs'
   */
  readonly hooks?: string;
  /**
   * A domain of the links' own. The API is then reached there and nowhere else.
   *
   * @default - the domain that API Gateway gives
   * @example { name: 'go.example.com', certificate, hostedZone }
   */
  readonly domain?: {
    readonly name: string;
    /** In the stack's region. */
    readonly certificate: ICertificate;
    /** Where the domain's record is made; without it, make it by hand. */
    readonly hostedZone?: IHostedZone;
  };
  /**
   * Limits of the gateway: for clicks, and for each route of the rest.
   *
   * @default - clicks 10,000 a second and 5,000 at once, the account's own quotas; the rest 1,000 and 500
   */
  readonly throttle?: { readonly clicks?: Throttle; readonly api?: Throttle };
  /**
   * What becomes of table and user pool when the stack is deleted. Unless it is DESTROY, the table is
   * protected from deletion.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Alarms, and the topic that they are sent to; the package's `docs/runbook.md` says what each means.
   *
   * @default - a dashboard, and no alarms
   */
  readonly alarms?: { readonly topic: ITopic };
  /**
   * How long logs are kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;
  /**
   * Settings of the table.
   *
   * @default - on demand, in the stack's region only
   */
  readonly table?: Pick<TablePropsV2, 'warmThroughput' | 'replicas'>;
}
