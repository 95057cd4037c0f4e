import { CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IUserPool, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { type CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { environment as env } from '../functions/environment.ts';
import { type FunctionName, functionNames, manifestOf } from '../functions/manifest.ts';
import { routes } from '../functions/routes.ts';
import {
  closeHours,
  consumeStream,
  postConfirmation,
  recordBackendAction,
  retrySignUp,
  storeClick,
} from '../functions/triggers.ts';
import { deploymentName, needsTriggerName, triggerNameOf } from './deployment-name.ts';
import { HooksModule } from './hooks-module.ts';
import { HoursSchedule } from './hours-schedule.ts';
import type { ReferralsProps } from './props.ts';
import { ReferralApi } from './referral-api.ts';
import { ReferralFunction } from './referral-function.ts';
import { ReferralMetrics } from './referral-metrics.ts';
import { ReferralMonitoring } from './referral-monitoring.ts';
import { ReferralTable } from './referral-table.ts';
import { ReferralUsers } from './referral-users.ts';
import { RetryQueue } from './retry-queue.ts';
import { settingsEnvironment } from './settings.ts';
import { TableStream } from './table-stream.ts';
import { validate } from './validation.ts';

/** Variable with the name of the function that records actions, see `grantRecordAction`. */
const RECORD_ACTION_FUNCTION = 'REFERRALS_RECORD_ACTION_FUNCTION';

/**
 * Referral links for an app: the HTTP API, its functions, their table and the sign-up trigger.
 *
 * @throws Error at synth, in one sentence, if a prop is invalid.
 * @example
 * const referrals = new Referrals(this, 'Referrals', {
 *   appUrl: 'https://app.example.com',
 *   userPool,
 *   userPoolClients: [client],
 * });
 * new CfnOutput(this, 'ApiUrl', { value: referrals.url });
 */
export class Referrals extends Construct {
  /** Origin of the links and of the API, without a trailing slash. */
  readonly url: string;
  /** Target of the custom domain's DNS record, as an alias or CNAME. Created if there is a hosted zone. */
  readonly domainTarget: string | undefined;
  readonly table: ITableV2;
  /**
   * Event bus that the app can listen to. The events are `ReferralCreated`, `ResponseRecorded` and
   * `UserLinkedToResponse`. The package's `docs/deploy.md` describes their content.
   */
  readonly bus: EventBus;
  /** All functions by name, such as `hit`. */
  readonly functions: Readonly<Record<FunctionName, LambdaFunction>>;
  readonly metrics: ReferralMetrics;
  /** Queues of failed work. The package's `docs/runbook.md` says how to check it and move it back. */
  readonly deadLetters: Readonly<Record<'clicks' | 'signUps' | 'stream', Queue>>;
  readonly userPool: IUserPool;
  readonly userPoolClients: readonly IUserPoolClient[];
  readonly #api: HttpApi;

  constructor(scope: Construct, id: string, props: ReferralsProps) {
    super(scope, id);
    const name = deploymentName(this);
    validate(props, Stack.of(this), name);
    const {
      removalPolicy = RemovalPolicy.RETAIN,
      logRetention = RetentionDays.ONE_MONTH,
      attachTrigger = true,
      nextPostConfirmation,
      userPool,
      userPoolClients,
      userPoolSettings,
    } = props;
    const users = new ReferralUsers(this, 'Users', {
      userPool,
      userPoolClients,
      userPoolSettings,
      removalPolicy,
    });
    const table = new ReferralTable(this, 'Table', {
      ...props.table,
      existing: props.existingTable,
      removalPolicy,
    });
    const api = new ReferralApi(this, 'Api', { ...props, name, users, logRetention });
    this.url = props.publicUrl ?? api.url;
    this.#api = api.api;
    this.domainTarget = api.domainTarget;
    this.table = table.table;
    this.userPool = users.userPool;
    this.userPoolClients = users.userPoolClients;
    this.bus = new EventBus(this, 'Bus', { eventBusName: name });
    this.metrics = new ReferralMetrics(name);

    const environment = {
      POWERTOOLS_SERVICE_NAME: name,
      ...settingsEnvironment(props, this.url),
      ...(props.originSecret && { [env.originSecret]: props.originSecret }),
      ...((props.domain ?? props.publicUrl) && {
        [env.strictTransport]: `${Duration.days(365).toSeconds()}`,
      }),
    };
    const triggerName = needsTriggerName(props, Stack.of(this)) ? triggerNameOf(name) : undefined;
    const hooks = props.hooks === undefined ? undefined : new HooksModule(props.hooks);
    // Functions need their own scope, because `Api` is the name of a function, too.
    const scopeOfFunctions = new Construct(this, 'Functions');
    this.functions = Object.fromEntries(
      functionNames.map((file) => {
        const { timeout, memory, store } = manifestOf(file);
        const { handler } = new ReferralFunction(scopeOfFunctions, pascalCase(file), {
          file,
          functionName: file === postConfirmation.function ? triggerName : undefined,
          timeout,
          memory,
          environment,
          logRetention,
          hooks,
        });
        table.connect(handler, store);
        return [file, handler];
      }),
    ) as Record<FunctionName, LambdaFunction>;

    for (const route of routes) {
      const handler = this.functions[route.function];
      api.addRoute(route, handler);
      // This function verifies tokens itself; the gateway does it for the other routes.
      if (route.auth === 'optional') users.tellIssuer(handler);
    }
    const confirmSignUp = this.functions[postConfirmation.function];
    const clicks = new RetryQueue(this, 'Clicks', {
      sender: this.functions.hit,
      variable: env.clickQueueUrl,
      receiver: this.functions[storeClick.function],
      // The tries last a day. All clicks are stored minutes after the table works again.
      interval: Duration.minutes(3),
      tries: 480,
    });
    const signUps = new RetryQueue(this, 'SignUps', {
      sender: confirmSignUp,
      variable: env.signUpQueueUrl,
      receiver: this.functions[retrySignUp.function],
      // An outage often lasts longer than a minute.
      interval: Duration.minutes(10),
      tries: 10,
    });
    const { deadLetters: streamDeadLetters } = new TableStream(this, 'Stream', {
      table: this.table,
      consumer: this.functions[consumeStream.function],
      bus: this.bus,
      maxBatchingWindow: props.events?.maxBatchingWindow,
    });
    new HoursSchedule(this, 'Hours', this.functions[closeHours.function]);
    this.deadLetters = {
      clicks: clicks.deadLetters,
      signUps: signUps.deadLetters,
      stream: streamDeadLetters,
    };
    if (nextPostConfirmation !== undefined) {
      confirmSignUp.addEnvironment(env.nextPostConfirmation, nextPostConfirmation.functionName);
      nextPostConfirmation.grantInvoke(confirmSignUp);
    }
    users.mayInvoke(confirmSignUp);
    if (attachTrigger) {
      users.addPostConfirmation(confirmSignUp, triggerName);
      // The pool calls the trigger at each sign-up, which would fail without it.
      if (users.outlivesStack) keep(confirmSignUp);
    }
    new ReferralMonitoring(this, 'Monitoring', {
      name,
      api: api.api,
      table: this.table,
      functions: this.functions,
      metrics: this.metrics,
      queues: { clicks, signUps, streamDeadLetters },
      dashboard: props.dashboard ?? false,
      ...props.alarms,
    });
    for (const handler of Object.values(this.functions)) refuseLongEnvironment(handler);
  }

  /**
   * The address that API Gateway assigns, without a trailing slash: the origin of a CDN in front.
   *
   * @throws Error if `domain.exclusive` switches it off.
   */
  get endpoint(): string {
    return this.#api.apiEndpoint;
  }

  /**
   * Lets a backend of the app record actions of users and sessions without their token, and ask for attribution, by
   * `cdk-referrals/backend`. If the grantee is a function, its variable `REFERRALS_RECORD_ACTION_FUNCTION` has the
   * name of the function to invoke. The package's `docs/deploy.md` describes the events that it takes.
   *
   * @example
   * referrals.grantRecordAction(paymentWebhook);
   */
  grantRecordAction(grantee: IGrantable): void {
    const recorder = this.functions[recordBackendAction.function];
    recorder.grantInvoke(grantee);
    if (grantee instanceof LambdaFunction) {
      grantee.addEnvironment(RECORD_ACTION_FUNCTION, recorder.functionName);
    }
  }
}

/** Keeps a function and its rights when the stack is deleted, but not when its first deployment fails. */
function keep(handler: LambdaFunction): void {
  const parts = [handler, handler.role].flatMap((construct) => construct?.node.findAll() ?? []);
  for (const part of parts) {
    if (CfnResource.isCfnResource(part)) {
      part.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    }
  }
}

/** Lambda's limit, see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_ENVIRONMENT = 4 * 1024;

/** Refuses more than a function can have, as far as it is known before the deployment. */
const refuseLongEnvironment = (handler: LambdaFunction): void =>
  handler.node.addValidation({
    validate: () => {
      const { environment } = handler.node.defaultChild as CfnFunction;
      const { variables = {} } = Stack.of(handler).resolve(environment) ?? {};
      // Values that only the deployment knows do not count here.
      const known = Object.entries(variables).map(
        ([name, value]) => `${name}${typeof value === 'string' ? value : ''}`,
      );
      const bytes = Buffer.byteLength(known.join(''));
      return bytes <= MAX_ENVIRONMENT
        ? []
        : [
            `The settings have ${bytes} bytes, and Lambda takes ${MAX_ENVIRONMENT}. Shorten actionDisplay, pageActions or allowedRedirectHosts.`,
          ];
    },
  });

const pascalCase = (name: string): string =>
  name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
