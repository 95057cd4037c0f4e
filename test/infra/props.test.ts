import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Mfa, UserPool } from 'aws-cdk-lib/aws-cognito';
import { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import { functionNames } from '../../functions/manifest.ts';
import { hosted, hostFile, hostFunction } from './host.ts';
import { functionsOf, resourcesOf, templateOf } from './synthesis.ts';

describe('props', () => {
  test('settings reach the functions', () => {
    templateOf({
      domainName: 'go.example.com',
      certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/x',
      defaultRedirectTo: 'https://app.example.com/start',
      allowedRedirectHosts: ['shop.example.com', 'docs.example.com'],
      redirectParameter: 'next',
      session: {
        cookieName: 'visitor',
        domain: 'example.com',
        maxAge: Duration.days(30),
        handOff: true,
      },
      globalPrivacyControl: true,
      maxReferralsPerUser: 50,
      code: {
        length: 8,
        alphabet: '23456789abcdefghjkmnpqrstuvwxyz',
        custom: true,
        ignoreCase: true,
      },
      attribution: { model: 'first', window: Duration.days(7), newUsersOnly: true },
      events: { clicks: 'human' },
      pageActions: ['VIEWED', 'STARTED, and more'],
      actionDisplay: { BOUGHT: 'Bought something' },
      clientIpHeader: 'CF-Connecting-IP',
      ip: 'none',
      referer: 'origin',
      retention: Duration.days(400),
    }).allResourcesProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          DEFAULT_REDIRECT_TO: 'https://app.example.com/start',
          ALLOWED_REDIRECT_HOSTS: 'shop.example.com,docs.example.com',
          REDIRECT_PARAMETER: 'next',
          SESSION_COOKIE_NAME: 'visitor',
          SESSION_COOKIE_DOMAIN: 'example.com',
          SESSION_MAX_AGE_SECONDS: '2592000',
          SESSION_HANDOFF: 'true',
          MAX_REFERRALS_PER_USER: '50',
          CODE_LENGTH: '8',
          CODE_ALPHABET: '23456789abcdefghjkmnpqrstuvwxyz',
          CODE_CUSTOM: 'true',
          CODE_IGNORE_CASE: 'true',
          ATTRIBUTION_MODEL: 'first',
          ATTRIBUTION_WINDOW_SECONDS: '604800',
          ATTRIBUTION_NEW_USERS_ONLY: 'true',
          EVENTS_CLICKS: 'human',
          PAGE_ACTIONS: '["VIEWED","STARTED, and more"]',
          ACTION_DISPLAY: '{"BOUGHT":"Bought something"}',
          CLIENT_IP_HEADER: 'CF-Connecting-IP',
          IP: 'none',
          REFERER: 'origin',
          STRICT_TRANSPORT_SECONDS: '31536000',
          RETENTION_SECONDS: '34560000',
        }),
      },
    });
  });

  test('events.maxBatchingWindow: the stream collects changes for as long', () => {
    templateOf({
      events: { maxBatchingWindow: Duration.minutes(1) },
    }).hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      StartingPosition: 'TRIM_HORIZON',
      MaximumBatchingWindowInSeconds: 60,
    });
  });

  test('userPool: the host’s own pool gets the trigger, and its clients are accepted', () => {
    const { template } = hosted((stack) => {
      const userPool = new UserPool(stack, 'Users');
      return {
        userPool,
        userPoolClients: [userPool.addClient('Web'), userPool.addClient('Phone')],
      };
    });
    template().resourceCountIs('AWS::Cognito::UserPool', 1);
    template().hasResourceProperties('AWS::Cognito::UserPool', {
      LambdaConfig: { PostConfirmation: Match.anyValue() },
    });
    template().hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      JwtConfiguration: {
        Audience: [
          { Ref: Match.stringLikeRegexp('Web') },
          { Ref: Match.stringLikeRegexp('Phone') },
        ],
      },
    });
  });

  test('attachTrigger: a pool from elsewhere is left alone, and the function is there to be called', () => {
    const { referrals, template } = hosted((stack) => {
      const userPool = UserPool.fromUserPoolId(stack, 'Users', 'eu-west-1_abc');
      const userPoolClients = [userPool.addClient('Web')];
      return { userPool, userPoolClients, attachTrigger: false };
    });
    template().resourceCountIs('AWS::Cognito::UserPool', 0);
    expect(referrals.functions['confirm-sign-up']).toBeInstanceOf(LambdaFunction);
  });

  test('nextPostConfirmation: our trigger knows it and may invoke it, and no other function may', () => {
    const { template } = hosted((stack) => ({ nextPostConfirmation: hostFunction(stack, 'Next') }));
    const next = { Ref: Match.stringLikeRegexp('^Next') };
    template().hasResourceProperties('AWS::Lambda::Function', {
      Description: 'cdk-referrals: confirm-sign-up',
      Environment: { Variables: Match.objectLike({ NEXT_POST_CONFIRMATION: next }) },
    });
    const invoking = resourcesOf(template(), 'AWS::IAM::Policy').filter(([, { Properties }]) =>
      JSON.stringify(Properties).includes('lambda:InvokeFunction'),
    );
    expect(invoking.map(([id]) => id)).toEqual([expect.stringContaining('ConfirmSignUp')]);
  });

  test('hooks: shipped with every function', () => {
    const hooks = hostFile('hooks.ts', 'export const generateCode = (r: object): string => "x";');
    const told = [...functionsOf(templateOf({ hooks }))].filter(
      ([, { Properties }]) => Properties.Environment.Variables.HOOKS === './hooks.mjs',
    );
    expect(told.map(([name]) => name).toSorted()).toEqual(functionNames.toSorted());
  });

  test('domain: links are made with it, and those that were shared before go on working', () => {
    const { referrals, template } = hosted((stack) => ({
      domain: {
        name: 'go.example.com',
        certificate: Certificate.fromCertificateArn(
          stack,
          'C',
          'arn:aws:acm:eu-west-1:1:certificate/x',
        ),
        hostedZone: HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
          hostedZoneId: 'Z1',
          zoneName: 'example.com',
        }),
      },
    }));
    expect(referrals.url).toBe('https://go.example.com');
    const made = template();
    made.hasResourceProperties('AWS::ApiGatewayV2::Api', { DisableExecuteApiEndpoint: false });
    made.hasResourceProperties('AWS::ApiGatewayV2::DomainName', { DomainName: 'go.example.com' });
    made.hasResourceProperties('AWS::ApiGatewayV2::ApiMapping', { Stage: Match.anyValue() });
    made.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'go.example.com.', Type: 'A' });
    made.allResourcesProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ API_URL: 'https://go.example.com' }) },
    });
  });

  test('domain.exclusive: the API is reached there and nowhere else', () => {
    const { template } = hosted((stack) => {
      const arn = 'arn:aws:acm:eu-west-1:123456789012:certificate/x';
      const certificate = Certificate.fromCertificateArn(stack, 'Certificate', arn);
      return { domain: { name: 'go.example.com', certificate, exclusive: true } };
    });
    template().hasResourceProperties('AWS::ApiGatewayV2::Api', { DisableExecuteApiEndpoint: true });
  });

  test('no domain: browsers are told nothing about AWS’s own', () => {
    for (const [, { Properties }] of functionsOf(templateOf())) {
      expect(Properties.Environment.Variables).not.toHaveProperty('STRICT_TRANSPORT_SECONDS');
    }
  });

  test('throttle: each group has its own limits', () => {
    templateOf({
      throttle: { clicks: { rate: 50, burst: 20 }, api: { rate: 5, burst: 2 } },
    }).hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      RouteSettings: {
        'GET /referrals': { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 2 },
        'POST /session': { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 100 },
        'GET /r/{proxy+}': { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 20 },
        'HEAD /r/{proxy+}': { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 20 },
      },
    });
  });

  test('removalPolicy: DESTROY takes table and pool away with the stack', () => {
    const template = templateOf({ removalPolicy: RemovalPolicy.DESTROY });
    for (const type of ['AWS::DynamoDB::GlobalTable', 'AWS::Cognito::UserPool']) {
      template.hasResource(type, { DeletionPolicy: 'Delete' });
    }
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      Replicas: [Match.objectLike({ DeletionProtectionEnabled: false })],
    });
  });

  test('userPoolSettings: each replaces the default of the new pool', () => {
    const defaults = {
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
      DeletionProtection: 'ACTIVE',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
    };
    const MfaConfiguration = 'OPTIONAL';
    templateOf().hasResourceProperties('AWS::Cognito::UserPool', { ...defaults, MfaConfiguration });
    templateOf({ userPoolSettings: { mfa: Mfa.REQUIRED } }).hasResourceProperties(
      'AWS::Cognito::UserPool',
      { ...defaults, MfaConfiguration: 'ON' },
    );
  });

  test('the client of the new pool does not tell whether an address has an account', () => {
    templateOf().hasResourceProperties('AWS::Cognito::UserPoolClient', {
      PreventUserExistenceErrors: 'ENABLED',
    });
  });

  test('alarms.requestsPerHour: more requests than this raise an alarm', () => {
    const { template } = hosted((stack) => ({
      alarms: { topic: new Topic(stack, 'Pager'), requestsPerHour: 50_000 },
    }));
    template().hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'Host-Referrals-Spending-Requests-Warning',
      Threshold: 50_000,
      ComparisonOperator: 'GreaterThanThreshold',
      MetricName: 'Count',
      Namespace: 'AWS/ApiGateway',
      Period: 3600,
    });
  });

  test('dashboard: there is one, whose name no other region has', () => {
    templateOf({ dashboard: true }).hasResourceProperties('AWS::CloudWatch::Dashboard', {
      DashboardName: { 'Fn::Join': ['', ['Referrals-Referrals-', { Ref: 'AWS::Region' }]] },
    });
  });

  test('existingTable: it is used and followed, and no other table is made', () => {
    const arn = 'arn:aws:dynamodb:eu-west-1:123456789012:table/Restored';
    const { referrals, template } = hosted((stack) => ({
      existingTable: TableV2.fromTableAttributes(stack, 'Restored', {
        tableArn: arn,
        tableStreamArn: `${arn}/stream/2026-11-27T00:00:00.000`,
      }),
    }));
    expect(referrals.table.tableArn).toBe(arn);
    const made = template();
    made.resourceCountIs('AWS::DynamoDB::GlobalTable', 0);
    made.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: `${arn}/stream/2026-11-27T00:00:00.000`,
      StartingPosition: 'TRIM_HORIZON',
    });
    const functions = functionsOf(made);
    for (const [, { Properties }] of functions) {
      expect(Properties.Environment.Variables.TABLE_NAME).toBe('Restored');
    }
    const rights = JSON.stringify(made.findResources('AWS::IAM::Policy'));
    expect(rights).toContain(`"Resource":"${arn}"`);
    expect(rights).toContain(`"Resource":"${arn}/index/gsi1"`);
  });

  test('logRetention and table settings', () => {
    const { template } = hosted(() => ({
      logRetention: RetentionDays.ONE_YEAR,
      table: {
        warmThroughput: { writeUnitsPerSecond: 10_000 },
        replicas: [{ region: 'eu-central-1' }],
      },
    }));
    template().allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
    template().hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      WarmThroughput: { WriteUnitsPerSecond: 10_000 },
      GlobalSecondaryIndexes: [
        Match.objectLike({ WarmThroughput: { WriteUnitsPerSecond: 10_000 } }),
      ],
      Replicas: [
        Match.objectLike({ Region: 'eu-central-1' }),
        Match.objectLike({ Region: 'eu-west-1' }),
      ],
    });
  });
});

describe('what Referrals exposes', () => {
  test('url, table, bus, functions, dead letters and metrics', () => {
    const { referrals } = hosted(() => ({}));
    expect(referrals.table).toBeInstanceOf(TableV2);
    expect(referrals.bus.eventBusName).toBeDefined();
    expect(Object.keys(referrals.functions)).toContain('hit');
    expect(referrals.metrics.clicks('human')).toMatchObject({
      namespace: 'Referrals',
      metricName: 'Clicks',
      statistic: 'Sum',
      dimensions: { service: 'Host-Referrals', kind: 'human' },
    });
    const { metrics, deadLetters } = referrals;
    expect(
      [metrics.queuedClicks(), metrics.unreadableRecords(), metrics.minutesBehind()].map(
        ({ metricName, statistic }) => `${metricName} ${statistic}`,
      ),
    ).toEqual(['QueuedClicks Sum', 'UnreadableRecords Sum', 'MinutesBehind Maximum']);
    expect(Object.entries(deadLetters).map(([name, { node }]) => [name, node.path])).toEqual([
      ['clicks', 'Host/Referrals/Clicks/DeadLetters'],
      ['signUps', 'Host/Referrals/SignUps/DeadLetters'],
      ['stream', 'Host/Referrals/Stream/DeadLetters'],
    ]);
  });

  test('grantRecordAction: the grantee may invoke one function, and finds its name', () => {
    const { stack, referrals, template } = hosted(() => ({}));
    referrals.grantRecordAction(hostFunction(stack, 'Webhook'));
    const recorder = functionsOf(template()).get('record-backend-action')?.id;
    template().hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { REFERRALS_RECORD_ACTION_FUNCTION: { Ref: recorder } } },
    });
    template().hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('^Webhook') }],
      PolicyDocument: {
        Statement: [
          Match.objectLike({
            Action: 'lambda:InvokeFunction',
            Resource: [
              { 'Fn::GetAtt': [recorder, 'Arn'] },
              { 'Fn::Join': ['', [{ 'Fn::GetAtt': [recorder, 'Arn'] }, ':*']] },
            ],
          }),
        ],
      },
    });
  });
});
