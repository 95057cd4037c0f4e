import type { RemovalPolicy } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IUserPool, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import type { TablePropsV2 } from 'aws-cdk-lib/aws-dynamodb';
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
   * User pool of the app. A pool of this CDK app gets a post-confirmation trigger, which gives each new user a
   * link.
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
   * Whether to attach the post-confirmation trigger to the pool. Must be false if the pool was made elsewhere
   * (`UserPool.fromUserPoolId`). In that case, call `functions['confirm-sign-up']` from the pool's own trigger.
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
   * Path of an ES module with hooks: `generateCode`, `clientIp`, `includeResponse`; see `Hooks`. It ships as
   * one file, so it can import only Node's own modules.
   *
   * @default - none
   * @example './referral-hooks.mjs'
   */
  readonly hooks?: string;
  /**
   * Custom domain of the links. The API is then available only at this domain.
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
  };
  /**
   * Limits in API Gateway: `clicks` for clicks, `api` for each of the other routes.
   *
   * @default - clicks 10,000 per second and 5,000 at once, the account's own quotas; api 1,000 and 500
   */
  readonly throttle?: { readonly clicks?: Throttle; readonly api?: Throttle };
  /**
   * What happens to the table and the user pool when the stack is deleted. The table has deletion protection
   * unless this is DESTROY.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Alarms, and their SNS topic. The package's `docs/runbook.md` explains each alarm.
   *
   * @default - a dashboard without alarms
   */
  readonly alarms?: { readonly topic: ITopic };
  /**
   * How long to keep logs.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;
  /**
   * Table settings.
   *
   * @default - on demand, in the stack's region only
   */
  readonly table?: Pick<TablePropsV2, 'warmThroughput' | 'replicas'>;
}
