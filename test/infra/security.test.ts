import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { functionNames, manifestOf } from '../../functions/manifest.ts';
import { rightsOf } from '../../functions/store/table-rights.ts';
import { functionsOf, type Resource, resourcesOf, stackOf, templateOf } from './synthesis.ts';

const template = templateOf();

/** The policy statements of each function's role. */
const statements = new Map<string, Resource[]>(
  [...functionsOf(template)].map(([name, { Properties }]) => {
    const role = Properties.Role['Fn::GetAtt'][0];
    return [
      name,
      resourcesOf(template, 'AWS::IAM::Policy')
        .map(([, policy]) => policy.Properties)
        .filter(({ Roles }) => Roles.some(({ Ref }: { Ref: string }) => Ref === role))
        .flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
    ];
  }),
);

/** The statements about items: action, index or table, and prefixes of the keys. Only these name keys. */
const itemStatementsOf = (name: string) =>
  statements
    .get(name)
    ?.filter(({ Condition }) => Condition !== undefined)
    .map(({ Action, Resource: target, Condition, Effect }) => ({
      effect: Effect,
      action: Action,
      index: JSON.stringify(target).includes('/index/gsi1'),
      // CloudFormation writes one key as a text and several keys as a list.
      keys: [Condition['ForAllValues:StringLike']['dynamodb:LeadingKeys']].flat(),
    }));

/** The other statements, except the one about the log: actions and resources. */
const otherStatementsOf = (name: string) =>
  statements
    .get(name)
    ?.filter(({ Condition }) => Condition === undefined)
    .map(({ Action, Resource: target }) => [
      [Action].flat().join(' '),
      target['Fn::GetAtt']?.join('.') ?? target,
    ])
    .filter(([actions]) => actions !== 'logs:CreateLogStream logs:PutLogEvents');

describe('least privilege', () => {
  test.each(functionNames)(
    '%s has only the table rights of its store methods, limited by key',
    (name) => {
      const expected = Object.entries(rightsOf(manifestOf(name).store)).map(
        ([operation, prefixes]) => ({
          effect: 'Allow',
          action: `dynamodb:${operation.replace(/Index$/, '')}`,
          index: operation.endsWith('Index'),
          keys: prefixes.map((prefix: string) => `${prefix}*`),
        }),
      );
      expect(itemStatementsOf(name)).toEqual(expected);
    },
  );

  test('a click reads only referrals, its own visitor and the keys of sessions, and can’t list or delete anything', () => {
    expect(rightsOf(manifestOf('hit').store)).toEqual({
      GetItem: ['REFERRAL#', 'VISITOR#'],
      PutItem: ['KEY#', 'VISITOR#'],
      UpdateItem: ['REFERRAL#'],
      Query: ['KEY#', 'VISITOR#'],
    });
  });

  test('besides the table, a function may only use the queue, stream or bus that it works with', () => {
    const send = 'sqs:SendMessage sqs:GetQueueAttributes sqs:GetQueueUrl';
    const receive =
      'sqs:ReceiveMessage sqs:ChangeMessageVisibility sqs:GetQueueUrl sqs:DeleteMessage sqs:GetQueueAttributes';
    const read = 'dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator';
    const of = (name: string, attribute = 'Arn') =>
      expect.stringMatching(new RegExp(`^Referrals${name}\\w{8}\\.${attribute}$`));
    expect(
      Object.fromEntries(functionNames.map((name) => [name, otherStatementsOf(name)])),
    ).toEqual({
      ...Object.fromEntries(functionNames.map((name) => [name, []])),
      hit: [[send, of('ClicksQueue')]],
      'store-click': [[receive, of('ClicksQueue')]],
      'confirm-sign-up': [[send, of('SignUpsQueue')]],
      'retry-sign-up': [[receive, of('SignUpsQueue')]],
      'consume-stream': [
        [send, of('StreamDeadLetters')],
        ['dynamodb:ListStreams', of('Table', 'StreamArn')],
        [read, of('Table', 'StreamArn')],
        ['events:PutEvents', of('Bus')],
      ],
    });
  });
});

test('every finding of cdk-nag’s AwsSolutions pack is acknowledged with a reason', () => {
  const { app } = stackOf({ alarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:pager' });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const { directory } = app.synth();
  const report = JSON.parse(readFileSync(join(directory, 'validation-report.json'), 'utf8'));
  const findings = report.pluginReports.flatMap(
    ({
      violations,
    }: {
      violations: { ruleName: string; violatingConstructs: { constructPath: string }[] }[];
    }) =>
      violations.flatMap(({ ruleName, violatingConstructs }) =>
        violatingConstructs.map(({ constructPath }) => `${ruleName} ${constructPath}`),
      ),
  );
  expect(report.pluginReports).toHaveLength(1);
  expect(findings).toEqual([]);
});
