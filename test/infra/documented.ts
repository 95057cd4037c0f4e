import { readFileSync } from 'node:fs';
import { App, Duration, Fn, RemovalPolicy, SecretValue, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  OriginRequestPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Referrals } from '../../lib/index.ts';
import { hostFile, hostFunction } from './host.ts';

/** What the examples import. */
const imported = {
  AllowedMethods,
  CachePolicy,
  CfnWebACL,
  Distribution,
  Duration,
  Fn,
  HttpOrigin,
  OriginRequestPolicy,
  Referrals,
  RemovalPolicy,
  RetentionDays,
  SecretValue,
  ViewerProtocolPolicy,
};

/** Runs the first example under a heading of docs/deploy.md in a stack, and returns the stack. */
export function documentedStack(heading: string): Stack {
  const env = { account: '123456789012', region: 'us-east-1' };
  const stack = new Stack(new App(), 'Shop', { env });
  const arn = 'arn:aws:acm:us-east-1:123456789012:certificate/x';
  const zone = { hostedZoneId: 'Z1', zoneName: 'example.com' };
  const userPool = new UserPool(stack, 'Users');
  const given = {
    ...imported,
    certificate: Certificate.fromCertificateArn(stack, 'Certificate', arn),
    hostedZone: HostedZone.fromHostedZoneAttributes(stack, 'Zone', zone),
    topic: new Topic(stack, 'Pager'),
    userPool,
    client: userPool.addClient('Web'),
    welcomeMail: hostFunction(stack, 'WelcomeMail'),
  };
  const [, section = ''] = readFileSync('docs/deploy.md', 'utf8').split(`\n## ${heading}\n`);
  const [, example = ''] = /^```ts\n(.*?)^```/ms.exec(section) ?? [];
  const hooks = hostFile('referral-hooks.mjs', 'export const clientIp = () => undefined;');
  const code = example.replace("'./referral-hooks.ts'", JSON.stringify(hooks));
  new Function(...Object.keys(given), code).apply(stack, Object.values(given));
  return stack;
}
