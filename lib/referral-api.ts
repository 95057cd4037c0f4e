import { Duration } from 'aws-cdk-lib';
import { CorsHttpMethod, HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IUserPool, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { cors, type Route } from '../functions/routes.ts';

export interface ReferralApiProps {
  /** The app's origin, the only one whose pages may call the API. */
  readonly appUrl: string;
  readonly userPool: IUserPool;
  readonly userPoolClients: readonly IUserPoolClient[];
}

/** The HTTP API. Its authorizer guards every route that needs a user. */
export class ReferralApi extends Construct {
  readonly api: HttpApi;
  readonly #authorizer: HttpUserPoolAuthorizer;
  readonly #integrations = new Map<IFunction, HttpLambdaIntegration>();

  constructor(
    scope: Construct,
    id: string,
    { appUrl, userPool, userPoolClients }: ReferralApiProps,
  ) {
    super(scope, id);
    this.api = new HttpApi(this, 'HttpApi', {
      corsPreflight: {
        allowOrigins: [appUrl],
        allowCredentials: true,
        allowMethods: cors.methods.map((method) => CorsHttpMethod[method]),
        allowHeaders: [...cors.headers],
        maxAge: Duration.seconds(cors.maxAge),
      },
    });
    this.#authorizer = new HttpUserPoolAuthorizer('Authorizer', userPool, {
      userPoolClients: [...userPoolClients],
    });
  }

  /** Origin of the API, without a trailing slash. */
  get url(): string {
    return this.api.apiEndpoint;
  }

  /** Sends a route's requests to a function. */
  addRoute({ method, path, auth, function: name }: Route, handler: IFunction): void {
    const integration =
      this.#integrations.get(handler) ?? new HttpLambdaIntegration(`${name}-integration`, handler);
    this.#integrations.set(handler, integration);
    this.api.addRoutes({
      path,
      methods: [HttpMethod[method]],
      integration,
      ...(auth === 'user' && { authorizer: this.#authorizer }),
    });
  }
}
