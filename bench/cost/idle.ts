import type { Template } from 'aws-cdk-lib/assertions';
import { type Resource, resourcesOf, templateOf } from '../../test/infra/synthesis.ts';
import type { Row } from '../table.ts';
import { prices } from './prices.ts';

/** Hours of the month that AWS reckons with. */
const MONTH = 730;

/**
 * Requests an hour to an empty queue: Lambda asks it with five connections, each of which waits 20 seconds for an
 * answer, see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
const ASKED = 5 * (3_600 / 20);

const alarmTopicArn = 'arn:aws:sns:us-east-1:123456789012:pager';

/** The stacks that are compared. */
const stacks = {
  'by the defaults': {},
  'with alarms': { alarmTopicArn },
  'with a dashboard, too': { alarmTopicArn, dashboard: true },
};

/**
 * Adds up what a deployed stack costs a month while nobody uses it, by what its template has. Table, stream, API, bus,
 * functions and logs cost nothing then.
 *
 * @param run dollars of a run of the schedule that closes nothing.
 */
export function idleRows(run: number): Row[] {
  const bills = Object.entries(stacks).map(
    ([name, props]) => [name, linesOf(templateOf(props), run)] as const,
  );
  const names = Object.keys(bills[0]?.[1] ?? {});
  return names.map((line) => ({
    name: line,
    figures: Object.fromEntries(bills.map(([stack, lines]) => [stack, lines[line] ?? Number.NaN])),
  }));
}

function linesOf(template: Template, run: number): Record<string, number> {
  const all = (type: string): Resource[] =>
    resourcesOf(template, type).map(([, { Properties }]) => Properties);
  // Only a stream has a position. Asking it costs nothing: https://aws.amazon.com/dynamodb/pricing/on-demand/
  const queues = all('AWS::Lambda::EventSourceMapping').filter(
    ({ StartingPosition }) => StartingPosition === undefined,
  );
  const minutes = all('AWS::Events::Rule').map(({ ScheduleExpression }) =>
    Number.parseInt(ScheduleExpression.replace('rate(', ''), 10),
  );
  const runs = minutes.reduce((sum, each) => sum + (MONTH * 60) / each, 0);
  const metrics = all('AWS::CloudWatch::Alarm').map(
    ({ Metrics }) => Metrics?.filter(({ MetricStat }: Resource) => MetricStat).length ?? 1,
  );
  const lines = {
    'queues: asked for messages': (queues.length * ASKED * MONTH * prices.queueRequests) / 1e6,
    'hours: the schedule': runs * run,
    alarms: metrics.reduce((sum, each) => sum + each, 0) * prices.alarmMetric,
    dashboard: all('AWS::CloudWatch::Dashboard').length * prices.dashboard,
  };
  return { ...lines, 'all, a month': Object.values(lines).reduce((sum, each) => sum + each, 0) };
}
