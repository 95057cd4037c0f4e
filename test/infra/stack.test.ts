import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { functionNames } from '../../functions/manifest.ts';
import { routeKeyOf, routes } from '../../functions/routes.ts';
import { appUrl, functionsOf, type Resource, resourcesOf, templateOf } from './synthesis.ts';

const template = templateOf();
const functions = functionsOf(template);

const only = (type: string): [string, Resource] => {
  const found = resourcesOf(template, type);
  expect(found).toHaveLength(1);
  return found[0] ?? ['', {}];
};

describe('minimal usage', () => {
  test('makes one table with one index, which outlives the stack', () => {
    const [, table] = only('AWS::DynamoDB::GlobalTable');
    expect([table.DeletionPolicy, table.UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
    expect(table.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'gsi1',
          KeySchema: [
            { AttributeName: 'gsi1pk', KeyType: 'HASH' },
            { AttributeName: 'gsi1sk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      Replicas: [
        {
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      ],
    });
  });

  test('makes every route of the table of routes, and guards routes that need a user', () => {
    const [authorizer] = only('AWS::ApiGatewayV2::Authorizer');
    const integrations = new Map(
      resourcesOf(template, 'AWS::ApiGatewayV2::Integration').map(([id, { Properties }]) => [
        `integrations/${id}`,
        Properties.IntegrationUri['Fn::GetAtt'][0],
      ]),
    );
    const text = (part: string | { Ref: string }) => (typeof part === 'string' ? part : part.Ref);
    const made = resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => ({
      key: Properties.RouteKey,
      auth: Properties.AuthorizationType,
      authorizer: Properties.AuthorizerId?.Ref,
      target: integrations.get(Properties.Target['Fn::Join'][1].map(text).join('')),
    }));
    expect(made).toHaveLength(routes.length);
    for (const { method, path, auth, function: name } of routes) {
      expect(made).toContainEqual({
        key: `${method} ${path}`,
        auth: auth === 'user' ? 'JWT' : 'NONE',
        authorizer: auth === 'user' ? authorizer : undefined,
        target: functions.get(name)?.id,
      });
    }
  });

  test('the authorizer accepts only tokens of the pool’s client', () => {
    const [pool] = only('AWS::Cognito::UserPool');
    const [client] = only('AWS::Cognito::UserPoolClient');
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: {
        Audience: [{ Ref: client }],
        Issuer: { 'Fn::Join': ['', Match.arrayWith([{ Ref: pool }])] },
      },
    });
  });

  test('lets only the app’s pages call the API with credentials', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      ProtocolType: 'HTTP',
      CorsConfiguration: {
        AllowOrigins: [appUrl],
        AllowCredentials: true,
        AllowMethods: [...new Set(routes.map(({ method }) => method))],
        AllowHeaders: ['authorization', 'content-type', 'idempotency-key', 'x-referral-session'],
        ExposeHeaders: ['retry-after'],
      },
    });
  });

  test('throttles new sessions and the rest, leaves clicks at the account’s quotas, and logs requests without data of the visitor', () => {
    const [, { Properties, DependsOn }] = only('AWS::ApiGatewayV2::Stage');
    expect(Properties.StageName).toBe('$default');
    expect(Properties.DefaultRouteSettings).toBeUndefined();
    const limits = {
      clicks: undefined,
      sessions: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 100 },
      api: { ThrottlingRateLimit: 1_000, ThrottlingBurstLimit: 500 },
    };
    const limited = routes.filter(({ throttle }) => limits[throttle] !== undefined);
    expect(Properties.RouteSettings).toEqual(
      Object.fromEntries(limited.map((route) => [routeKeyOf(route), limits[route.throttle]])),
    );
    expect(DependsOn).toHaveLength(limited.length);
    expect(Properties.AccessLogSettings.DestinationArn).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/AccessLog/), 'Arn'],
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/aws/vendedlogs/apigateway/Referrals-Referrals',
    });
    expect(JSON.parse(Properties.AccessLogSettings.Format)).toEqual({
      id: '$context.requestId',
      route: '$context.routeKey',
      status: '$context.status',
      ms: '$context.responseLatency',
      error: '$context.integrationErrorMessage',
    });
  });

  test('attaches the post-confirmation trigger, whose timeout is shorter than Cognito’s', () => {
    const [pool] = only('AWS::Cognito::UserPool');
    const trigger = functions.get('confirm-sign-up');
    template.hasResourceProperties('AWS::Cognito::UserPool', {
      LambdaConfig: { PostConfirmation: { 'Fn::GetAtt': [trigger?.id, 'Arn'] } },
    });
    template.hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: { 'Fn::GetAtt': [trigger?.id, 'Arn'] },
      Principal: 'cognito-idp.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [pool, 'Arn'] },
    });
    expect(trigger?.Properties.Timeout).toBeLessThan(5);
  });

  test('runs every function on nodejs24.x and arm64, and tells it table, API and app', () => {
    const [table] = only('AWS::DynamoDB::GlobalTable');
    expect([...functions.keys()].toSorted()).toEqual(functionNames.toSorted());
    for (const { Properties } of functions.values()) {
      expect([Properties.Runtime, Properties.Architectures]).toEqual(['nodejs24.x', ['arm64']]);
      expect(Properties.Environment.Variables).toMatchObject({
        POWERTOOLS_SERVICE_NAME: 'Referrals-Referrals',
        TABLE_NAME: { Ref: table },
        API_URL: { 'Fn::GetAtt': [only('AWS::ApiGatewayV2::Api')[0], 'ApiEndpoint'] },
        APP_URL: appUrl,
      });
    }
  });

  test('gives every function its own role and its own log group, which keeps logs for a month', () => {
    const roles = new Set<string>();
    for (const { Properties } of functions.values()) {
      roles.add(Properties.Role['Fn::GetAtt'][0]);
      const group =
        template.findResources('AWS::Logs::LogGroup')[Properties.LoggingConfig.LogGroup.Ref];
      expect(group?.Properties).toEqual({ RetentionInDays: 30 });
    }
    expect(roles.size).toBe(functionNames.length);
    for (const [, { Properties }] of resourcesOf(template, 'AWS::IAM::Role')) {
      expect(Properties.ManagedPolicyArns).toBeUndefined();
    }
  });

  test('logs what functions say, and of Lambda’s own lines only those of failures', () => {
    for (const { Properties } of functions.values()) {
      expect(Properties.LoggingConfig).toEqual({
        LogFormat: 'JSON',
        SystemLogLevel: 'WARN',
        ApplicationLogLevel: 'INFO',
        LogGroup: expect.anything(),
      });
    }
  });

  test('gives the pool and its client only to functions that verify tokens themselves', () => {
    const told = [...functions].filter(
      ([, { Properties }]) => 'TOKEN_ISSUER' in Properties.Environment.Variables,
    );
    expect(told.map(([name]) => name).toSorted()).toEqual(['api', 'record-action']);
  });

  test('has no alarms if there is nobody to notify, and no dashboard', () => {
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  });

  test('has the outputs that npm start writes, and the ones that an operator needs', () => {
    const outputs = template.toJSON().Outputs;
    expect(Object.keys(outputs)).toEqual([
      'ApiUrl',
      'UserPoolId',
      'UserPoolClientId',
      'CognitoEndpoint',
      'DynamoDBEndpoint',
      'TableName',
      'DefaultRedirectTo',
      'EventBusName',
      'ClickDeadLettersUrl',
      'SignUpDeadLettersUrl',
      'StreamDeadLettersUrl',
      'ConsumeStreamFunctionName',
    ]);
    expect(outputs.DefaultRedirectTo.Value).toBe(`${appUrl}/`);
  });
});
