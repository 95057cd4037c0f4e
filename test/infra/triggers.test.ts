import { expect, test } from 'vitest';
import { functionsOf, type Resource, resourcesOf, templateOf } from './synthesis.ts';

const template = templateOf();
const functions = functionsOf(template);

/** The id and properties of a resource of this type whose id begins with the construct's path. */
function resource(type: string, path: string): [string, Resource] {
  const found = resourcesOf(template, type).filter(([id]) => id.startsWith(`Referrals${path}`));
  expect(found).toHaveLength(1);
  const [[id, { Properties }] = ['', {}]] = found;
  return [id, Properties];
}

/** The id and properties of a queue. */
const queue = (path: string) => resource('AWS::SQS::Queue', path);

/** The event source mapping of a function. */
const mappingOf = (name: string): Resource =>
  resourcesOf(template, 'AWS::Lambda::EventSourceMapping')
    .map(([, { Properties }]) => Properties)
    .find(({ FunctionName }) => FunctionName.Ref === functions.get(name)?.id);

const variablesOf = (name: string) => functions.get(name)?.Properties.Environment.Variables;

const FOURTEEN_DAYS = 1_209_600;

test.each([
  ['Clicks', 'hit', 'CLICK_QUEUE_URL', 'store-click', { seconds: 180, tries: 480 }],
  ['SignUps', 'confirm-sign-up', 'SIGN_UP_QUEUE_URL', 'retry-sign-up', { seconds: 600, tries: 10 }],
] as const)(
  '%s that %s could not handle are tried again, then kept',
  (path, sender, variable, receiver, { seconds, tries }) => {
    const [deadLettersId, deadLetters] = queue(`${path}DeadLetters`);
    const [queueId, properties] = queue(`${path}Queue`);
    expect(deadLetters).toEqual({ MessageRetentionPeriod: FOURTEEN_DAYS });
    expect(properties).toEqual({
      MessageRetentionPeriod: FOURTEEN_DAYS,
      VisibilityTimeout: seconds,
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': [deadLettersId, 'Arn'] },
        maxReceiveCount: tries,
      },
    });
    expect(variablesOf(sender)[variable]).toEqual({ Ref: queueId });
    expect(mappingOf(receiver)).toEqual({
      FunctionName: { Ref: functions.get(receiver)?.id },
      EventSourceArn: { 'Fn::GetAtt': [queueId, 'Arn'] },
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
    // Lambda asks for this.
    expect(seconds).toBeGreaterThanOrEqual(6 * functions.get(receiver)?.Properties.Timeout);
  },
);

test('new items of the table go to the consumer, and to the dead letters after 12 hours of tries', () => {
  const [table] = resource('AWS::DynamoDB::GlobalTable', 'Table');
  const [deadLettersId, deadLetters] = queue('StreamDeadLetters');
  expect(deadLetters).toEqual({ MessageRetentionPeriod: FOURTEEN_DAYS });
  const { FilterCriteria, ...mapping } = mappingOf('consume-stream');
  expect(mapping).toEqual({
    FunctionName: { Ref: functions.get('consume-stream')?.id },
    EventSourceArn: { 'Fn::GetAtt': [table, 'StreamArn'] },
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 500,
    MaximumBatchingWindowInSeconds: 10,
    BisectBatchOnFunctionError: true,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    MaximumRecordAgeInSeconds: 43_200,
    DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [deadLettersId, 'Arn'] } } },
  });
  expect(
    FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern)),
  ).toEqual(
    [
      ['REFERRAL#', 'REFERRAL'],
      ['VISITOR#', 'RESPONSE#'],
    ].map(([pk, sk]) => ({
      eventName: ['INSERT'],
      dynamodb: { Keys: { pk: { S: [{ prefix: pk }] }, sk: { S: [{ prefix: sk }] } } },
    })),
  );
});

test('only the consumer knows the bus and the dead letters of the stream', () => {
  const [bus] = resource('AWS::Events::EventBus', 'Bus');
  const [deadLetters] = queue('StreamDeadLetters');
  const told = [...functions.keys()].filter((name) =>
    ['EVENT_BUS_NAME', 'STREAM_DEAD_LETTERS_URL'].some((variable) => variable in variablesOf(name)),
  );
  expect(told).toEqual(['consume-stream']);
  expect(variablesOf('consume-stream')).toMatchObject({
    EVENT_BUS_NAME: { Ref: bus },
    STREAM_DEAD_LETTERS_URL: { Ref: deadLetters },
  });
});

test('hours are closed every five minutes, and a failed run is not repeated before the next', () => {
  const closer = functions.get('close-hours')?.id;
  const [rule, schedule] = resource('AWS::Events::Rule', '');
  expect(schedule).toEqual({
    ScheduleExpression: 'rate(5 minutes)',
    State: 'ENABLED',
    Targets: [{ Arn: { 'Fn::GetAtt': [closer, 'Arn'] }, Id: 'Target0' }],
  });
  expect(resource('AWS::Lambda::EventInvokeConfig', '')[1]).toEqual({
    FunctionName: { Ref: closer },
    Qualifier: '$LATEST',
    MaximumRetryAttempts: 0,
    MaximumEventAgeInSeconds: 300,
  });
  template.hasResourceProperties('AWS::Lambda::Permission', {
    FunctionName: { 'Fn::GetAtt': [closer, 'Arn'] },
    Principal: 'events.amazonaws.com',
    SourceArn: { 'Fn::GetAtt': [rule, 'Arn'] },
  });
});

test('each function has enough time, and reserves no concurrency, because an account may have little', () => {
  const names = ['consume-stream', 'store-click', 'close-hours', 'retry-sign-up'];
  expect(
    names.map((name) => {
      const { Timeout, ReservedConcurrentExecutions } = functions.get(name)?.Properties ?? {};
      return [name, Timeout, ReservedConcurrentExecutions];
    }),
  ).toEqual([
    ['consume-stream', 60, undefined],
    ['store-click', 30, undefined],
    ['close-hours', 120, undefined],
    ['retry-sign-up', 30, undefined],
  ]);
});

test('queues accept messages only over TLS', () => {
  const queues = resourcesOf(template, 'AWS::SQS::Queue').map(([id]) => id);
  const secured = resourcesOf(template, 'AWS::SQS::QueuePolicy').map(([, { Properties }]) => {
    const [{ Effect, Principal, Condition }] = Properties.PolicyDocument.Statement;
    expect([Effect, Principal, Condition]).toEqual([
      'Deny',
      { AWS: '*' },
      { Bool: { 'aws:SecureTransport': 'false' } },
    ]);
    return Properties.Queues.map(({ Ref }: { Ref: string }) => Ref);
  });
  expect(secured.flat().toSorted()).toEqual(queues.toSorted());
});
