import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { functionNames } from '../../functions/triggers.ts';
import { tableAccess } from '../../lib/table-access.ts';
import { functionsOf, type Resource, resourcesOf, stackOf, templateOf } from './synthesis.ts';

/** The table's statements of each function: action, index or table, prefixes of the keys. */
function statementsOf(): Map<string, unknown[]> {
  const template = templateOf();
  const [[table = ''] = []] = resourcesOf(template, 'AWS::DynamoDB::GlobalTable');
  const onTable = ({ Resource: target }: Resource) => JSON.stringify(target).includes(table);
  const policies = resourcesOf(template, 'AWS::IAM::Policy').map(
    ([, { Properties }]) => Properties,
  );
  return new Map(
    [...functionsOf(template)].map(([name, { Properties }]) => {
      const role = Properties.Role['Fn::GetAtt'][0];
      const statements = policies
        .filter(({ Roles }) => Roles.some(({ Ref }: { Ref: string }) => Ref === role))
        .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
      return [
        name,
        statements.filter(onTable).map(({ Action, Resource: target, Condition, Effect }) => ({
          effect: Effect,
          action: Action,
          index: JSON.stringify(target).includes('/index/gsi1'),
          keys: Condition['ForAllValues:StringLike']['dynamodb:LeadingKeys'],
        })),
      ];
    }),
  );
}

describe('least privilege', () => {
  const statements = statementsOf();

  test.each(functionNames)(
    '%s may do with the table what it does, by key, and nothing else',
    (name) => {
      const expected = Object.entries(tableAccess[name] ?? {}).map(([operation, prefixes]) => ({
        effect: 'Allow',
        action: `dynamodb:${operation === 'QueryIndex' ? 'Query' : operation}`,
        index: operation === 'QueryIndex',
        keys: [prefixes.map((prefix: string) => `${prefix}*`)].flat(),
      }));
      expect(statements.get(name)?.map((statement) => normalized(statement))).toEqual(
        expected.map((statement) => normalized(statement)),
      );
    },
  );

  test('a click can’t read, list or delete anything but referrals and its own visitor', () => {
    expect(tableAccess.hit).toEqual({
      GetItem: ['VISITOR#', 'REFERRAL#'],
      PutItem: ['VISITOR#'],
      Query: ['VISITOR#'],
    });
  });
});

/** CloudFormation has one key as text and several as a list. */
// biome-ignore lint/suspicious/noExplicitAny: a statement is as loose as JSON
const normalized = (statement: any) => ({ ...statement, keys: [statement.keys].flat() });

test('cdk-nag’s AwsSolutions pack finds nothing that was not acknowledged with a reason', () => {
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
