import { readFile } from 'node:fs/promises';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { expect, test } from 'vitest';
import { hosted } from './host.ts';
import { type Resource, resourcesOf } from './synthesis.ts';

const { template } = hosted((stack) => ({ alarms: { topic: new Topic(stack, 'Pager') } }));

/** The alarms by their names, without the common prefix. */
const alarms = new Map<string, Resource>(
  resourcesOf(template(), 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => [
    Properties.AlarmName.replace(/^Host-Referrals-/, ''),
    Properties,
  ]),
);

test('every alarm is sent to the topic', () => {
  expect(new Set(alarms.keys())).toEqual(
    new Set([
      'Api-Fault-Rate-Critical',
      'Clicks-Queued-Warning',
      'Clicks-Behind-Warning',
      'Spending-Requests-Warning',
      'SignUps-Failures-Warning',
      'Table-Read-Throttled-Events-Warning',
      'Table-Write-Throttled-Events-Warning',
      'Index-Read-Throttled-Events-Warning',
      'Index-Write-Throttled-Events-Warning',
      'confirm-sign-up-Fault-Count-Critical',
      'close-hours-Fault-Count-Critical',
      'consume-stream-Fault-Count-Critical',
      'consume-stream-Iterator-Age-Max-Warning',
      'hit-Latency-P99-Warning',
      'ClickQueue-Queue-Message-Age-Max-Warning',
      'ClickQueue-DLQ-Queue-Message-Count-Max-Critical',
      'SignUpQueue-DLQ-Queue-Message-Count-Max-Critical',
      'StreamDeadLetters-Queue-Message-Count-Max-Critical',
      'hit-Throttled-Count-Critical',
      'confirm-sign-up-Throttled-Count-Critical',
    ]),
  );
  for (const { AlarmActions } of alarms.values()) {
    expect(AlarmActions).toEqual([{ Ref: expect.stringMatching(/^Pager/) }]);
  }
});

test('the runbook lists exactly the alarms that exist', async () => {
  const runbook = await readFile('docs/runbook.md', 'utf8');
  const [table = ''] = runbook.match(/^\| alarm .*?\n\n/ms) ?? [];
  const patterns = table
    .split('\n')
    .flatMap((row) => row.split('|')[1]?.match(/[\w<>…-]+-(Critical|Warning)/g) ?? [])
    .map((name) => new RegExp(`^${name.replace(/<function>|…/g, '[\\w-]+')}$`));
  expect([...alarms.keys()].filter((name) => !patterns.some((known) => known.test(name)))).toEqual(
    [],
  );
  expect(patterns.filter((known) => ![...alarms.keys()].some((name) => known.test(name)))).toEqual(
    [],
  );
});

test('one bad period of five minutes raises an alarm, for latency and errors two; missing data raises none', () => {
  for (const [name, { EvaluationPeriods, DatapointsToAlarm, TreatMissingData }] of alarms) {
    const periods = /Fault-Rate|Latency/.test(name) ? 2 : 1;
    expect([name, EvaluationPeriods, DatapointsToAlarm, TreatMissingData]).toEqual([
      name,
      periods,
      periods,
      'notBreaching',
    ]);
  }
});

test('one dead letter, failure or queued click raises an alarm, and so does a long wait', () => {
  const late = {
    // Seconds.
    'ClickQueue-Queue-Message-Age-Max-Warning': 240,
    // Milliseconds.
    'consume-stream-Iterator-Age-Max-Warning': 900_000,
  };
  const first = [...alarms.keys()].filter((name) => /Queued|Failures|Count/.test(name));
  expect(
    Object.fromEntries(
      [...first, ...Object.keys(late)].map((name) => [name, alarms.get(name).Threshold]),
    ),
  ).toEqual({ ...Object.fromEntries(first.map((name) => [name, 0])), ...late });
});
