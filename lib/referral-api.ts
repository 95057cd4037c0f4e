import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnRoute,
  type CfnStage,
  CorsHttpMethod,
  DomainName,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ARecord, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import { cors, type Route, routeKeyOf } from '../functions/routes.ts';
import { acknowledge } from './acknowledge.ts';
import type { ReferralsProps, Throttle } from './props.ts';
import type { ReferralUsers } from './referral-users.ts';

export interface ReferralApiProps extends Pick<ReferralsProps, 'appUrl' | 'domain' | 'throttle'> {
  /** Name of the deployment. */
  readonly name: string;
  readonly users: ReferralUsers;
  readonly logRetention: RetentionDays;
}

/**
 * Clicks have the account's own quotas, which differ by region, so that we don't throttle a viral link, see
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
const LIMITS: Readonly<Record<Route['throttle'], Throttle | undefined>> = {
  clicks: undefined,
  // Handing out sessions, and guessing codes, must not pay.
  sessions: { rate: 100, burst: 100 },
  api: { rate: 1_000, burst: 500 },
};

/** The HTTP API. Its authorizer guards every route that needs a user. */
export class ReferralApi extends Construct {
  readonly api: HttpApi;
  /** Origin of the API, without a trailing slash. */
  readonly url: string;
  /** Target of the custom domain's DNS record, as an alias or CNAME. */
  readonly domainTarget: string | undefined;
  readonly #stage: CfnStage;
  readonly #limits: typeof LIMITS;
  readonly #authorizer: HttpUserPoolAuthorizer;
  readonly #integrations = new Map<IFunction, HttpLambdaIntegration>();

  constructor(scope: Construct, id: string, props: ReferralApiProps) {
    super(scope, id);
    const { name, appUrl, domain, throttle = {}, users } = props;
    this.#limits = {
      clicks: throttle.clicks ?? LIMITS.clicks,
      sessions: throttle.sessions ?? LIMITS.sessions,
      api: throttle.api ?? LIMITS.api,
    };
    this.api = new HttpApi(this, 'HttpApi', {
      createDefaultStage: false,
      disableExecuteApiEndpoint: domain?.exclusive === true,
      corsPreflight: {
        allowOrigins: [appUrl],
        allowCredentials: true,
        allowMethods: cors.methods.map((method) => CorsHttpMethod[method]),
        allowHeaders: [...cors.headers],
        exposeHeaders: [...cors.exposedHeaders],
        maxAge: Duration.seconds(cors.maxAge),
      },
    });
    const domainName = domain && this.#addDomain(domain);
    const accessLog = new LogGroup(this, 'AccessLog', {
      // API Gateway adds any other group to a resource policy, which the account has one of, and which holds only
      // 5,120 characters, see
      // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
      logGroupName: `/aws/vendedlogs/apigateway/${name}`,
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog),
        format: ACCESS_LOG_FORMAT,
      },
      ...(domainName && { domainMapping: { domainName } }),
    });
    this.#stage = stage.node.defaultChild as CfnStage;
    this.domainTarget = domainName?.regionalDomainName;
    this.url = domain ? `https://${domain.name}` : this.api.apiEndpoint;
    this.#authorizer = new HttpUserPoolAuthorizer('Authorizer', users.userPool, {
      userPoolClients: [...users.userPoolClients],
      userPoolRegion: users.userPool.env.region,
    });
  }

  /** Sends a route's requests to its function, within the limits of its group. */
  addRoute(route: Route, handler: IFunction): void {
    const integration =
      this.#integrations.get(handler) ??
      new HttpLambdaIntegration(`${route.function}-integration`, handler);
    this.#integrations.set(handler, integration);
    const [httpRoute] = this.api.addRoutes({
      path: route.path,
      methods: [HttpMethod[route.method]],
      integration,
      ...(route.auth === 'user' && { authorizer: this.#authorizer }),
    });
    if (httpRoute === undefined) return;
    if (route.auth !== 'user') {
      acknowledge(httpRoute, 'APIG4', route.openBecause);
    }
    const limit = this.#limits[route.throttle];
    if (limit !== undefined) {
      // A dot separates properties.
      const key = routeKeyOf(route).replaceAll('.', '\\.');
      this.#stage.addPropertyOverride(`RouteSettings.${key}`, {
        ThrottlingRateLimit: limit.rate,
        ThrottlingBurstLimit: limit.burst,
      });
      // A stage can only have settings for existing routes.
      this.#stage.node.addDependency(httpRoute.node.defaultChild as CfnRoute);
    }
  }

  #addDomain({ name, certificate, hostedZone }: NonNullable<ReferralsProps['domain']>) {
    const domainName = new DomainName(this, 'Domain', { domainName: name, certificate });
    if (hostedZone !== undefined) {
      const { regionalDomainName, regionalHostedZoneId } = domainName;
      new ARecord(this, 'Alias', {
        zone: hostedZone,
        recordName: name,
        target: RecordTarget.fromAlias(
          new ApiGatewayv2DomainProperties(regionalDomainName, regionalHostedZoneId),
        ),
      });
    }
    return domainName;
  }
}

/**
 * Contains nothing about the visitor: no IP, no path or query, no header. It is short, because each click pays for a
 * line. CloudWatch adds the time, and `status` says what an error of the gateway itself is.
 */
const ACCESS_LOG_FORMAT = AccessLogFormat.custom(
  JSON.stringify({
    id: '$context.requestId',
    route: '$context.routeKey',
    status: '$context.status',
    ms: '$context.responseLatency',
    error: '$context.integrationErrorMessage',
  }),
);
