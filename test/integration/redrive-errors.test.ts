import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inOwnDirectory, run } from './command.ts';
import { startLambda } from './redrive-lambda.ts';
import { type Answer, type DeadQueue, type Sqs, startSqs } from './redrive-sqs.ts';

inOwnDirectory();

let sqs: Sqs;
let queue: DeadQueue;
beforeAll(async () => {
  sqs = await startSqs();
});
beforeEach(async () => {
  sqs.intervene = () => undefined;
  queue = await sqs.createQueue();
});
afterAll(() => sqs.stop());

const redrive = (parameters: readonly string[], variables: NodeJS.ProcessEnv = {}) =>
  run(['redrive', '--queue-url', queue.deadLettersUrl, ...parameters], {
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    ...variables,
  }).ended;

const aRecord = (size = 0, number = 1) =>
  JSON.stringify({
    eventName: 'INSERT',
    dynamodb: {
      SequenceNumber: `${number}`,
      Keys: { pk: { S: 'REFERRAL#a' }, sk: { S: 'REFERRAL' } },
      NewImage: { label: { S: 'x'.repeat(size) } },
    },
  });

const aPlace = JSON.stringify({
  DDBStreamBatchInfo: {
    shardId: 'shardId-1',
    startSequenceNumber: '1',
    endSequenceNumber: '2',
    streamArn: 'arn:aws:dynamodb:local:000000000000:table/t/stream/1',
  },
});

const refusal = (name: string, message: string): Answer => ({
  status: 400,
  body: { __type: `com.amazonaws.sqs#${name}`, message },
});

describe('referrals redrive says in one line, and exits with 1,', () => {
  const refused = async (parameters: string[], variables: NodeJS.ProcessEnv = {}) => {
    const { code, stderr } = await redrive(parameters, variables);
    expect([code, stderr.split('\n')]).toEqual([1, [expect.any(String), '']]);
    return stderr.trim();
  };

  test('that there is no such queue', async () => {
    const url = `${queue.url}-none`;
    expect(await refused(['--queue-url', url])).toBe(
      `--queue-url: there is no queue ${url} in this region (AWS_REGION) and account.`,
    );
  });

  test('that SQS cannot be reached', async () => {
    expect(await refused([], { AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1' })).toBe(
      "SQS can't be reached (AWS_REGION, AWS_ENDPOINT_URL_SQS, AWS_ENDPOINT_URL): connect ECONNREFUSED 127.0.0.1:1",
    );
  });

  test('that there are no credentials, or no region', async () => {
    const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    expect(await refused([], none)).toBe(
      'AWS credentials (AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY): Could not load credentials from any providers',
    );
    expect(await refused([], { AWS_REGION: undefined })).toBe('AWS_REGION is not set.');
  });

  test.each([
    ['GetQueueAttributes'],
    ['ReceiveMessage'],
    ['ListDeadLetterSourceQueues'],
    ['SendMessageBatch'],
    ['DeleteMessageBatch'],
  ])('that the credentials may not %s', async (denied) => {
    const bodies = Array.from({ length: 12 }, (_, index) => `${index}`).sort();
    await sqs.send(queue.deadLettersUrl, bodies);
    sqs.intervene = (operation) =>
      operation === denied ? refusal('AccessDenied', `No ${denied} for you.`) : undefined;
    expect(await refused([])).toBe(
      `The AWS credentials (AWS_PROFILE) may not do this: No ${denied} for you.`,
    );
    // The messages that it had received can be received again at once.
    expect(await sqs.contentOf(queue.deadLettersUrl)).toEqual({ waiting: bodies, hidden: [] });
  });

  test('that SQS refuses for another reason', async () => {
    sqs.intervene = (operation) =>
      operation === 'ReceiveMessage' ? refusal('OverLimit', 'Too many.') : undefined;
    expect(await refused([])).toBe('SQS: Too many.');
  });

  test.each([[aRecord()], [aPlace]])(
    'that a dead letter of the stream needs --function (%#)',
    async (letter) => {
      await sqs.send(queue.deadLettersUrl, [letter]);
      expect(await refused([])).toBe(
        '--function: these dead letters are from the stream and go to the function that follows it; give its name, ConsumeStreamFunctionName from the outputs.',
      );
      expect(await sqs.contentOf(queue.deadLettersUrl)).toEqual({ waiting: [letter], hidden: [] });
    },
  );

  test.each([
    [
      { status: 404, name: 'ResourceNotFoundException', message: 'Function not found.' },
      '--function: there is no function f in this region (AWS_REGION) and account.',
    ],
    [
      { status: 403, name: 'AccessDeniedException', message: 'Not for you.' },
      'The AWS credentials (AWS_PROFILE) may not do this: Not for you.',
    ],
  ])('the reason why Lambda refuses (%#)', async (error, line) => {
    await sqs.send(queue.deadLettersUrl, [aRecord()]);
    const { endpoint } = await startLambda(error);
    expect(await refused(['--function', 'f'], { AWS_ENDPOINT_URL_LAMBDA: endpoint })).toBe(line);
    expect(await sqs.contentOf(queue.deadLettersUrl)).toEqual({
      waiting: [aRecord()],
      hidden: [],
    });
  });

  test('that the stream cannot be reached', async () => {
    await sqs.send(queue.deadLettersUrl, [aPlace]);
    const variables = { AWS_ENDPOINT_URL_DYNAMODB_STREAMS: 'http://127.0.0.1:1' };
    expect(await refused(['--function', 'f'], variables)).toMatch(
      /^DynamoDB Streams can't be reached \(AWS_REGION, AWS_ENDPOINT_URL_DYNAMODB_STREAMS, /,
    );
  });

  test.each([
    [['--queue-url', 'Referrals'], "option '--queue-url <url>' argument 'Referrals' is invalid."],
    [['--fnction', 'f'], "unknown option '--fnction'"],
  ])('that %j is wrong', async (parameters, line) => {
    expect(await refused(parameters)).toContain(`error: ${line}`);
  });

  test('that an option is missing', async () => {
    const { code, stdout, stderr } = await run(['redrive']).ended;
    expect([code, stdout, stderr]).toEqual([
      1,
      '',
      "error: required option '--queue-url <url>' not specified\n",
    ]);
  });
});

test('referrals redrive sends the function no more than Lambda accepts', async () => {
  const { endpoint, invocations } = await startLambda();
  const letters = Array.from({ length: 9 }, (_, index) => aRecord(1_000_000, index));
  for (const letter of letters) await sqs.send(queue.deadLettersUrl, [letter]);
  const { code } = await redrive(['--function', 'f'], { AWS_ENDPOINT_URL_LAMBDA: endpoint });
  expect(code).toBe(0);
  expect(invocations.map(({ event }) => event.Records.length)).toEqual([4, 4, 1]);
  expect(invocations.flatMap(({ event }) => event.Records)).toEqual(
    letters.map((letter) => JSON.parse(letter)),
  );
  expect(Math.max(...invocations.map(({ bytes }) => bytes))).toBeLessThan(6_291_456);
});

test('referrals redrive --help ends with an example', async () => {
  const { code, stdout, stderr } = await run(['redrive', '--help']).ended;
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^Usage: referrals redrive /);
  expect(stdout.split('\n').slice(-4)).toEqual([
    'Example:',
    '  $ npx referrals redrive --function Referrals-ConsumeStream \\',
    '      --queue-url https://sqs.eu-central-1.amazonaws.com/123456789012/Referrals',
    '',
  ]);
});
