import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { expect, test } from 'vitest';
import { Referrals } from '../../lib/index.ts';
import { appUrl, type Resource, resourcesOf, templateOf } from './synthesis.ts';

/** Names of these are of one API and of one role. */
const OF_A_PARENT = ['AWS::ApiGatewayV2::Stage', 'AWS::IAM::Policy'];

/** Names that a template gives in the account. All others are AWS's choice. */
function namesIn(template: Template): string[] {
  const all: Resource[] = Object.values(template.toJSON().Resources);
  const resources = all.filter(({ Type }) => !OF_A_PARENT.includes(Type));
  const ofType = ({ Type }: Resource) => `${Type.split('::')[2]}Name`;
  return resources
    .map((resource) => [
      resource.Type,
      resource.Properties?.[resource.Type === 'AWS::Events::EventBus' ? 'Name' : ofType(resource)],
    ])
    .filter(([, name]) => name !== undefined)
    .map(([type, name]) => `${type} ${JSON.stringify(name)}`);
}

const named = { appUrl, dashboard: true };
const alarming = (stack: Stack) => ({ ...named, alarms: { topic: new Topic(stack, 'Pager') } });

/** Two deployments of the same construct id, as a team would make them. */
const twice: Record<string, () => Stack[]> = {
  'two stacks of one app': () => {
    const app = new App();
    return ['Test', 'Live'].map((id) => {
      const stack = new Stack(app, id);
      new Referrals(stack, 'Referrals', alarming(stack));
      return stack;
    });
  },
  'two apps with the same ids and another name of the stack': () =>
    ['test', 'live'].map((stackName) => {
      const stack = new Stack(new App(), 'Shop', { stackName });
      new Referrals(stack, 'Referrals', alarming(stack));
      return stack;
    }),
  'two constructs in one stack': () => {
    const stack = new Stack(new App(), 'Shop');
    const topic = new Topic(stack, 'Pager');
    for (const part of ['Books', 'Music']) {
      new Referrals(new Construct(stack, part), 'Referrals', { ...named, alarms: { topic } });
    }
    return [stack];
  },
  'two nested stacks': () => {
    const app = new App();
    return ['Test', 'Live'].map((id) => {
      const nested = new NestedStack(new Stack(app, id), 'Part');
      new Referrals(nested, 'Referrals', alarming(nested));
      return nested;
    });
  },
};

test.each(Object.entries(twice))('%s: no name is there twice', (_, make) => {
  const names = make()
    .map((stack) => Template.fromStack(stack))
    .flatMap(namesIn);
  expect(names.length).toBeGreaterThan(40);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test('ids with other characters make names that AWS takes, each its own', () => {
  const stack = new Stack(new App(), 'Shop');
  for (const id of ['R&D', 'R D']) {
    new Referrals(stack, id, { appUrl });
  }
  const buses = resourcesOf(Template.fromStack(stack), 'AWS::Events::EventBus');
  const names = buses.map(([, { Properties }]) => Properties.Name);
  expect(names).toEqual(Array(2).fill(expect.stringMatching(/^Shop-R-D-[0-9a-f]{8}$/)));
  expect(new Set(names).size).toBe(2);
});

test('what keeps data has the same logical ids as ever, so that no upgrade replaces it', () => {
  const template = templateOf();
  const kept = [
    'AWS::DynamoDB::GlobalTable',
    'AWS::Cognito::UserPool',
    'AWS::Cognito::UserPoolClient',
    'AWS::SQS::Queue',
  ];
  expect(kept.flatMap((type) => resourcesOf(template, type).map(([id]) => id)).toSorted()).toEqual([
    'ReferralsClicksDeadLetters43F6FC4D',
    'ReferralsClicksQueue5CC80A1F',
    'ReferralsSignUpsDeadLetters334A1CAC',
    'ReferralsSignUpsQueue2DE3F0FE',
    'ReferralsStreamDeadLettersD3DB6D2D',
    'ReferralsTableD0C4B1FB',
    'ReferralsUsersUserPool00BE2AA8',
    'ReferralsUsersUserPoolAppFE2EA4AA',
  ]);
});
