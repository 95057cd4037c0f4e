import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { App, Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, onTestFinished, test } from 'vitest';
import { routes } from '../../functions/routes.ts';
import { ReferralsStack, type ReferralsStackProps } from '../../lib/stack.ts';

const appUrl = 'https://app.example.com';

function synthesize(props: Partial<ReferralsStackProps> = {}): Template {
  // What is in the bundles is another test's matter.
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  return Template.fromStack(new ReferralsStack(app, 'Referrals', { appUrl, ...props }));
}

const template = synthesize();
const resources = (type: string) => Object.entries(template.findResources(type));
// biome-ignore lint/suspicious/noExplicitAny: templates are as loose as JSON
const only = (type: string): [string, any] => {
  const found = resources(type);
  expect(found).toHaveLength(1);
  return found[0] ?? ['', {}];
};

/** Logical id of each of our functions by the file it comes from. */
const functionIds = new Map(
  resources('AWS::Lambda::Function').map(([id, { Properties }]) => [
    Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME as string,
    id,
  ]),
);

describe('minimal usage', () => {
  test('makes one table with one index, that outlives the stack', () => {
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
      Replicas: [
        {
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      ],
    });
  });

  test('makes the routes of the table of routes, guarded where they need a user', () => {
    const [authorizer] = only('AWS::ApiGatewayV2::Authorizer');
    const integrations = new Map(
      resources('AWS::ApiGatewayV2::Integration').map(([id, { Properties }]) => [
        `integrations/${id}`,
        Properties.IntegrationUri['Fn::GetAtt'][0],
      ]),
    );
    const made = resources('AWS::ApiGatewayV2::Route').map(([, { Properties: route }]) => ({
      key: route.RouteKey,
      auth: route.AuthorizationType,
      authorizer: route.AuthorizerId?.Ref,
      target: integrations.get(
        route.Target['Fn::Join'][1]
          .map((part: string | { Ref: string }) => (typeof part === 'string' ? part : part.Ref))
          .join(''),
      ),
    }));
    expect(made).toHaveLength(routes.length);
    for (const { method, path, auth, function: name } of routes) {
      expect(made).toContainEqual({
        key: `${method} ${path}`,
        auth: auth === 'user' ? 'JWT' : 'NONE',
        authorizer: auth === 'user' ? authorizer : undefined,
        target: functionIds.get(name),
      });
    }
  });

  test('the authorizer takes tokens of the pool’s client and no other', () => {
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

  test('lets the app’s pages call the API with credentials, and no other', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      ProtocolType: 'HTTP',
      CorsConfiguration: {
        AllowOrigins: [appUrl],
        AllowCredentials: true,
        AllowMethods: ['GET', 'HEAD', 'POST'],
        AllowHeaders: ['authorization', 'content-type', 'idempotency-key', 'x-referral-session'],
      },
    });
  });

  test('attaches the post-confirmation trigger, which answers before Cognito gives up', () => {
    const [pool] = only('AWS::Cognito::UserPool');
    const trigger = functionIds.get('confirm-sign-up');
    template.hasResourceProperties('AWS::Cognito::UserPool', {
      LambdaConfig: { PostConfirmation: { 'Fn::GetAtt': [trigger, 'Arn'] } },
    });
    template.hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: { 'Fn::GetAtt': [trigger, 'Arn'] },
      Principal: 'cognito-idp.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [pool, 'Arn'] },
    });
    const { Properties } = template.findResources('AWS::Lambda::Function')[trigger ?? ''] ?? {};
    expect(Properties.Timeout).toBeLessThan(5);
  });

  test('runs every function on nodejs24.x and arm64, and tells it table, API and app', () => {
    const [table] = only('AWS::DynamoDB::GlobalTable');
    expect(functionIds.size).toBe(11);
    for (const [, { Properties }] of resources('AWS::Lambda::Function')) {
      expect([Properties.Runtime, Properties.Architectures]).toEqual(['nodejs24.x', ['arm64']]);
      expect(Properties.Environment.Variables).toMatchObject({
        TABLE_NAME: { Ref: table },
        API_URL: { 'Fn::GetAtt': [only('AWS::ApiGatewayV2::Api')[0], 'ApiEndpoint'] },
        APP_URL: appUrl,
      });
    }
  });

  test('tells only the functions that verify tokens themselves whose tokens', () => {
    const told = resources('AWS::Lambda::Function')
      .filter(([, { Properties }]) => 'TOKEN_ISSUER' in Properties.Environment.Variables)
      .map(([, { Properties }]) => Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME);
    expect(told.toSorted()).toEqual(['get-attribution', 'record-action']);
  });

  test('lets each function do with the table what it does, and nothing else', () => {
    const [table] = only('AWS::DynamoDB::GlobalTable');
    const allowed = new Map<string, string[]>();
    for (const [, { Properties }] of resources('AWS::IAM::Policy')) {
      for (const { Effect, Action, Resource } of Properties.PolicyDocument.Statement) {
        expect(Effect).toBe('Allow');
        expect(JSON.stringify(Resource)).toContain(table);
        for (const role of Properties.Roles) {
          allowed.set(role.Ref, [...(allowed.get(role.Ref) ?? []), ...[Action].flat()]);
        }
      }
    }
    const click = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'];
    for (const [, { Properties }] of resources('AWS::Lambda::Function')) {
      const name = Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME;
      const actions = allowed.get(Properties.Role['Fn::GetAtt'][0])?.toSorted();
      expect({ name, actions }).toEqual({
        name,
        actions: name === 'hit' ? click : ['dynamodb:DeleteItem', ...click],
      });
    }
  });

  test('has the outputs that npm start writes, as far as they exist on AWS', () => {
    const outputs = template.toJSON().Outputs;
    expect(Object.keys(outputs).filter((name) => !name.startsWith('Export'))).toEqual([
      'ApiUrl',
      'UserPoolId',
      'UserPoolClientId',
      'TableName',
      'DefaultRedirectTo',
    ]);
    expect(outputs.DefaultRedirectTo.Value).toBe(`${appUrl}/`);
  });
});

test('settings reach the functions', () => {
  synthesize({
    defaultRedirectTo: 'https://app.example.com/start',
    allowedRedirectHosts: ['shop.example.com', 'docs.example.com'],
    redirectParameter: 'next',
    session: {
      cookieName: 'visitor',
      domain: 'example.com',
      maxAge: Duration.days(30),
      passInUrl: true,
    },
    attribution: { model: 'first', window: Duration.days(7) },
    actionDisplay: { BOUGHT: 'Bought something' },
  }).allResourcesProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: Match.objectLike({
        DEFAULT_REDIRECT_TO: 'https://app.example.com/start',
        ALLOWED_REDIRECT_HOSTS: 'shop.example.com,docs.example.com',
        REDIRECT_PARAMETER: 'next',
        SESSION_COOKIE_NAME: 'visitor',
        SESSION_COOKIE_DOMAIN: 'example.com',
        SESSION_MAX_AGE_SECONDS: '2592000',
        SESSION_IN_URL: 'true',
        ATTRIBUTION_MODEL: 'first',
        ATTRIBUTION_WINDOW_SECONDS: '604800',
        ACTION_DISPLAY: '{"BOUGHT":"Bought something"}',
      }),
    },
  });
});

describe('npx cdk synth', () => {
  const run = promisify(execFile);

  test('bundles every function so that it loads in Lambda’s Node, and says that appUrl is missing', async () => {
    const output = mkdtempSync(join(tmpdir(), 'referrals-cdk-'));
    onTestFinished(() => rmSync(output, { recursive: true }));
    const { stdout, stderr } = await run('npx', ['cdk', 'synth', '--quiet', '--output', output]);
    expect(stdout + stderr).toContain('No appUrl was given');
    const assets = `import { globSync } from 'node:fs';
      const files = globSync('${output}/asset.*/index.mjs');
      const kinds = await Promise.all(files.map(async (file) => typeof (await import(file)).handler));
      console.log(JSON.stringify(kinds));`;
    const loaded = await run(process.execPath, ['--input-type=module', '--eval', assets], {
      env: {
        TABLE_NAME: 'x',
        API_URL: 'https://api.example.com',
        APP_URL: appUrl,
        TOKEN_ISSUER: 'https://issuer.example.com/pool',
        TOKEN_CLIENT_IDS: 'client',
        AWS_REGION: 'eu-west-1',
      },
    });
    expect(JSON.parse(loaded.stdout)).toEqual(Array(11).fill('function'));
  });
});
