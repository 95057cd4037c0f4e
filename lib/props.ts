import type { RemovalPolicy } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IUserPool, IUserPoolClient, UserPoolProps } from 'aws-cdk-lib/aws-cognito';
import type { ITableV2, TablePropsV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { ReferralSettings } from './settings.ts';

/** Limits on requests. API Gateway answers requests above them with 429. */
export interface Throttle {
  /** Requests per second. */
  readonly rate: number;
  /** Requests at once. */
  readonly burst: number;
}

/** Props of `Referrals`. Only `appUrl` is required. */
export interface ReferralsProps extends ReferralSettings {
  /**
   * User pool of the app. A pool of this CDK app, in whatever stack, gets a post-confirmation trigger, which gives
   * each new user a link.
   *
   * @default - a new user pool; users sign in with their email address
   */
  readonly userPool?: IUserPool;
  /**
   * App clients of `userPool`. The API accepts their tokens. Required with `userPool`.
   *
   * @default - one new client, with passwords and SRP
   */
  readonly userPoolClients?: readonly IUserPoolClient[];
  /**
   * Settings of the new user pool; each replaces the default one. Only without `userPool`.
   *
   * @default - sign-up and sign-in by email, passwords of 12 characters of all kinds, an authenticator app as an
   *   optional second factor, recovery by email, deletion protection unless `removalPolicy` is DESTROY
   * @example { mfa: Mfa.REQUIRED, passwordPolicy: { minLength: 16 } }
   */
  readonly userPoolSettings?: Omit<UserPoolProps, 'lambdaTriggers' | 'removalPolicy'>;
  /**
   * Whether to attach the post-confirmation trigger to the pool. Must be false if the pool was made elsewhere
   * (`UserPool.fromUserPoolId`). In that case, call `functions['confirm-sign-up']` from the pool's own trigger.
   * If people sign up in a pool of another stack already, deploy with false first and then with true: that stack
   * is deployed before the function is there.
   *
   * @default true
   */
  readonly attachTrigger?: boolean;
  /**
   * Your own post-confirmation function. Our trigger does its work first, then calls this function with the
   * same event and returns its answer. If your function fails, the sign-up fails, as it would without us. Both
   * together have 4 seconds. Ours usually takes a few hundredths of a second, and gives up after 2.5 seconds.
   *
   * @default - none
   */
  readonly nextPostConfirmation?: IFunction;
  /**
   * Path of an ES module with hooks: `generateCode`, `clientIp`, `classifyClick`, `includeResponse`,
   * `publicReferral`; see
   * `Hooks`. It ships as one file, so it can import only Node's own modules.
   *
   * @default - none
   * @example './referral-hooks.mjs'
   */
  readonly hooks?: string;
  /**
   * Custom domain of the links. The address that API Gateway assigns goes on working, for links that were shared
   * before.
   *
   * @default - the domain that API Gateway assigns
   * @example { name: 'go.example.com', certificate, hostedZone }
   */
  readonly domain?: {
    readonly name: string;
    /** Must be in the stack's region. */
    readonly certificate: ICertificate;
    /** Zone for the domain's DNS record. Without it, create the record yourself. */
    readonly hostedZone?: IHostedZone;
    /**
     * Whether the address that API Gateway assigns is switched off. Links that were shared with it end then.
     *
     * @default false
     */
    readonly exclusive?: boolean;
  };
  /**
   * Origin of the links, if a CDN stands in front of the API. The CDN's own origin is `Referrals.endpoint`.
   *
   * @default - the domain, or the address that API Gateway assigns
   * @example 'https://go.example.com'
   */
  readonly publicUrl?: string;
  /**
   * Secret that the CDN adds to each request as the header `X-Origin-Secret`. All other requests are refused (403)
   * before anything is read. Only with `publicUrl`.
   *
   * @default - the API answers past the CDN, too
   * @example SecretValue.secretsManager('origin').unsafeUnwrap()
   */
  readonly originSecret?: string;
  /**
   * Limits in API Gateway: `clicks` for clicks, `sessions` for routes that hand out sessions, `api` for each of
   * the other routes.
   *
   * @default - clicks: the account's own quotas in the region; sessions: 100 per second and 100 at once; api: 1,000
   *   and 500
   */
  readonly throttle?: {
    readonly clicks?: Throttle;
    readonly sessions?: Throttle;
    readonly api?: Throttle;
  };
  /**
   * What happens to the table and the user pool when the stack is deleted. The table has deletion protection
   * unless this is DESTROY.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Alarms, $0.10 a month each. The package's `docs/runbook.md` explains each one.
   *
   * @default - none
   */
  readonly alarms?: {
    /** Where alarms go. If it is encrypted, then with a key of your own that CloudWatch may use. */
    readonly topic: ITopic;
    /**
     * More requests in an hour than this raise an alarm, because each one costs. A million are some $3.
     *
     * @default 1,000,000
     */
    readonly requestsPerHour?: number;
  };
  /**
   * Whether there is a CloudWatch dashboard of everything that the alarms look at. It costs $3 a month, more than
   * all else while nobody clicks. An account has three for nothing, but only smaller ones, of 50 metrics.
   *
   * @default false
   * @see https://aws.amazon.com/cloudwatch/pricing/
   */
  readonly dashboard?: boolean;
  /**
   * How long to keep logs.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;
  /**
   * A table of this service that is there already: one that was kept, or that was restored from a backup. It needs
   * its stream. The package's `docs/runbook.md` has the steps.
   *
   * @default - a new table
   * @example TableV2.fromTableAttributes(this, 'Kept', { tableName, tableStreamArn })
   */
  readonly existingTable?: ITableV2;
  /**
   * Table settings. Only without `existingTable`.
   *
   * @default - on demand, in the stack's region only
   */
  readonly table?: Pick<TablePropsV2, 'warmThroughput' | 'replicas'>;
}
