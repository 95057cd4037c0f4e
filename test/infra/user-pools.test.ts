import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { describe, expect, test } from 'vitest';
import { Referrals } from '../../lib/index.ts';
import { hosted, hostFunction } from './host.ts';
import { appUrl, functionsOf, type Resource, templateOf } from './synthesis.ts';

const NAME = 'Links-Referrals-confirm-sign-up';

/** The ARN of a function by its name only. */
const arnOf = (name: string) => ({
  'Fn::Join': [
    '',
    ['arn:', { Ref: 'AWS::Partition' }, Match.stringLikeRegexp(`:function:${name}$`)],
  ],
});

describe('a user pool in another stack of the app', () => {
  const env = { account: '123456789012', region: 'eu-west-1' };
  const app = new App();
  const users = new Stack(app, 'Accounts', { env });
  const links = new Stack(app, 'Links', { env });
  const userPool = new UserPool(users, 'Users');
  const userPoolClients = [userPool.addClient('Web')];
  new Referrals(links, 'Referrals', { appUrl, userPool, userPoolClients });

  test('has our trigger, by its name', () => {
    Template.fromStack(users).hasResourceProperties('AWS::Cognito::UserPool', {
      LambdaConfig: { PostConfirmation: arnOf(NAME) },
    });
  });

  test('may call it, and no other pool may', () => {
    const template = Template.fromStack(links);
    const trigger = functionsOf(template).get('confirm-sign-up');
    expect(trigger?.Properties.FunctionName).toBe(NAME);
    template.hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: { 'Fn::GetAtt': [trigger?.id, 'Arn'] },
      Principal: 'cognito-idp.amazonaws.com',
      SourceArn: { 'Fn::ImportValue': Match.stringLikeRegexp('^Accounts:.*Users') },
    });
    expect(links.dependencies).toEqual([users]);
  });
});

test('a next trigger may have rights on the pool that calls ours', () => {
  const { template } = hosted((stack) => {
    const userPool = new UserPool(stack, 'Users');
    const nextPostConfirmation = hostFunction(stack, 'Next');
    userPool.grant(nextPostConfirmation, 'cognito-idp:AdminAddUserToGroup');
    return { userPool, userPoolClients: [userPool.addClient('Web')], nextPostConfirmation };
  });
  // A cycle would be an error here.
  template().hasResourceProperties('AWS::Cognito::UserPool', {
    LambdaConfig: { PostConfirmation: arnOf('Host-Referrals-confirm-sign-up') },
  });
});

test('without the trigger attached, the pool may call it all the same, by the name that it will have', () => {
  const env = { account: '123456789012', region: 'eu-west-1' };
  const app = new App();
  const userPool = new UserPool(new Stack(app, 'Accounts', { env }), 'Users');
  const links = new Stack(app, 'Links', { env });
  const userPoolClients = [userPool.addClient('Web')];
  const props = { appUrl, userPool, userPoolClients, attachTrigger: false };
  const { functions } = new Referrals(links, 'Referrals', props);
  const template = Template.fromStack(links);
  template.hasResourceProperties('AWS::Lambda::Function', { FunctionName: NAME });
  template.hasResourceProperties('AWS::Lambda::Permission', {
    FunctionName: links.resolve(functions['confirm-sign-up'].functionArn),
    Principal: 'cognito-idp.amazonaws.com',
  });
});

describe('what a pool needs that outlives the stack', () => {
  const partsOf = (template: Template): Record<string, Resource> => {
    const all: [string, Resource][] = Object.entries(template.toJSON().Resources);
    return Object.fromEntries(
      all
        .filter(
          ([id, { Type, Properties }]) =>
            /ConfirmSignUp/.test(`${id}${JSON.stringify(Properties?.FunctionName ?? '')}`) &&
            !/Alarm|LogGroup/.test(Type),
        )
        .map(([, { Type, DeletionPolicy }]) => [Type, DeletionPolicy]),
    );
  };

  test('the trigger, its role, its rights and the permission to call it are kept', () => {
    expect(partsOf(templateOf())).toEqual({
      'AWS::IAM::Role': 'RetainExceptOnCreate',
      'AWS::IAM::Policy': 'RetainExceptOnCreate',
      'AWS::Lambda::Function': 'RetainExceptOnCreate',
      'AWS::Lambda::Permission': 'RetainExceptOnCreate',
    });
  });

  test('the app client of a new pool is kept', () => {
    templateOf().hasResource('AWS::Cognito::UserPoolClient', { DeletionPolicy: 'Retain' });
  });

  test('nothing is kept if the pool is not', () => {
    const own = partsOf(templateOf({ removalPolicy: RemovalPolicy.DESTROY }));
    const { template } = hosted((stack) => {
      const userPool = new UserPool(stack, 'Users', { removalPolicy: RemovalPolicy.DESTROY });
      return { userPool, userPoolClients: [userPool.addClient('Web')] };
    });
    for (const parts of [own, partsOf(template())]) {
      expect(new Set(Object.values(parts))).toEqual(new Set([undefined]));
    }
  });

  test('they are kept for a pool in another stack, whatever becomes of the pool with its own', () => {
    const app = new App();
    const userPool = new UserPool(new Stack(app, 'Accounts'), 'Users', {
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const links = new Stack(app, 'Links');
    const userPoolClients = [userPool.addClient('Web')];
    new Referrals(links, 'Referrals', { appUrl, userPool, userPoolClients });
    const parts = partsOf(Template.fromStack(links));
    expect(new Set(Object.values(parts))).toEqual(new Set(['RetainExceptOnCreate']));
  });
});
