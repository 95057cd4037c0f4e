import { randomUUID } from 'node:crypto';
import type { _Record } from '@aws-sdk/client-dynamodb-streams';
import pMap from 'p-map';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { createReferral } from '../../functions/core/create-referral.ts';
import { hourAt } from '../../functions/core/hours.ts';
import type { Referral } from '../../functions/core/referral.ts';
import { environment as env } from '../../functions/environment.ts';
import { type DynamoDBProxy, startDynamoDBProxy } from '../dynamodb-proxy/proxy.ts';
import { inOwnDirectory, run } from './command.ts';
import { type Domain, domainOn, newClick, newUserId } from './domain.ts';
import { type ReadStream, readStream } from './redrive-letters.ts';
import { type Sqs, startSqs } from './redrive-sqs.ts';
import { startTestService, type TestService } from './test-service.ts';

inOwnDirectory();

let sqs: Sqs;
let queueUrl: string;
let proxy: DynamoDBProxy;
let service: TestService;
let domain: Domain;

// A service whose stream nobody delivers, so that only redriven records are followed.
beforeAll(async () => {
  sqs = await startSqs();
  queueUrl = await sqs.createPlainQueue();
  proxy = await startDynamoDBProxy(inject('outputs').DynamoDBEndpoint);
  service = await startTestService({
    variables: {
      API_ONLY: '1',
      // The responses have a fixed day, which moves further into the past.
      RETENTION_SECONDS: `${36_500 * 24 * 60 * 60}`,
      DYNAMODB_ENDPOINT: proxy.endpoint,
      TABLE_NAME: `redrive-${randomUUID()}`,
      AWS_ENDPOINT_URL_SQS: sqs.endpoint,
      [env.streamDeadLettersUrl]: queueUrl,
    },
  });
});
beforeEach(async () => {
  await sqs.purge(queueUrl);
  proxy.decide = () => 'pass';
  domain = domainOn(service.outputs);
});
afterAll(async () => {
  await service.stop();
  proxy.stop();
  await sqs.stop();
});

/** Puts one response to a referral into each of some past hours. Returns the hours. */
async function respond(referral: Referral, count: number): Promise<string[]> {
  const first = Date.UTC(2026, 0, 1);
  const times = Array.from({ length: count }, (_, hour) => new Date(first + hour * 3_600_000));
  const put = (at: Date) => domain.store.putResponse(newClick(domain, referral.code, at), referral);
  await pMap(times, put, { concurrency: 8 });
  return times.map((time) => hourAt(time.getTime()));
}

/** Makes a referral with one response in each of some hours. */
async function respondedTo(count: number): Promise<{ referral: Referral; hours: string[] }> {
  const { referral } = await createReferral(domain, { userId: newUserId(), redirectTo: '/' });
  return { referral, hours: await respond(referral, count) };
}

/** The stream, with the first and the last record of a referral and its responses. */
async function streamOf({
  code,
}: Referral): Promise<ReadStream & { first: _Record; last: _Record }> {
  const stream = await readStream(service.outputs);
  const of = stream.records.filter(({ dynamodb }) => dynamodb?.NewImage?.code?.S === code);
  const [first, last] = [of[0], of.at(-1)];
  if (first === undefined || last === undefined) throw new Error('It is not in the stream.');
  return { ...stream, first, last };
}

/** A record in the form that Lambda gives to a function and that the function sets aside. */
const asText = ({ dynamodb, ...record }: _Record, image = dynamodb?.NewImage) =>
  JSON.stringify({
    ...record,
    dynamodb: { ...dynamodb, NewImage: image, ApproximateCreationDateTime: 1_772_000_000 },
  });

/** Runs the command. Returns its exit code and its output after the progress. */
async function redriven(name = 'consume-stream'): Promise<[number | null, string[]]> {
  const { code, stdout, stderr } = await run(
    ['redrive', '--queue-url', queueUrl, '--function', name],
    {
      AWS_ENDPOINT_URL_SQS: sqs.endpoint,
      AWS_ENDPOINT_URL_LAMBDA: service.outputs.ApiUrl,
      AWS_ENDPOINT_URL_DYNAMODB_STREAMS: service.outputs.DynamoDBEndpoint,
    },
  ).ended;
  expect(stderr).toBe('');
  const lines = stdout.split('\n').filter((line) => line && !/^\d+ of about/.test(line));
  expect(lines.shift()).toBe(`Bringing back the dead letters of ${queueUrl} …`);
  return [code, lines];
}

const EMPTY = { waiting: [], hidden: [] };
const DONE = 'Done: nothing is left to do.';
const AGAIN = 'Next: fix that, and run the same command again.';
const GONE = [
  'Kept: 2, because the stream no longer has their records (it holds records for 24 hours)',
  'Next: run npx referrals recount --table-name <TableName> --repair to correct the counts; the events are lost. When no other letters are left, delete these with aws sqs purge-queue.',
];

test('referrals redrive follows only records that Lambda gave up, and only new referrals and responses', async () => {
  const [early, late] = [await respondedTo(20), await respondedTo(0)];
  // More than a page of the stream with records that the function must not get.
  const mark = { due: '9999', version: '' };
  const marks = Array.from({ length: 1200 }, (_, hour) => ({ ...mark, hour: `${hour}` }));
  await pMap(marks, (each) => domain.store.openHour('none', each), { concurrency: 8 });
  const hours = await respond(late.referral, 20);
  const { first } = await streamOf(early.referral);
  const { letter, last } = await streamOf(late.referral);
  await sqs.send(queueUrl, [letter(first, last)]);
  expect(await redriven()).toEqual([0, ['Brought back: 1', DONE]]);
  expect(await domain.store.openHours(early.referral.code)).toEqual(early.hours);
  expect(await domain.store.openHours(late.referral.code)).toEqual(hours);
  // The function would set aside a record that it can't read.
  expect(await sqs.contentOf(queueUrl)).toEqual(EMPTY);
});

test('referrals redrive follows every dead letter', async () => {
  const referrals = await pMap(Array(12), () => respondedTo(2), { concurrency: 2 });
  const letters: string[] = [];
  for (const { referral } of referrals) {
    const { letter, first, last } = await streamOf(referral);
    letters.push(letter(first, last));
  }
  await sqs.send(queueUrl, letters);
  expect(await redriven()).toEqual([0, ['Brought back: 12', DONE]]);
  const open = referrals.map(({ referral }) => domain.store.openHours(referral.code));
  expect(await Promise.all(open)).toEqual(referrals.map(({ hours }) => hours));
});

test('referrals redrive follows a record that was set aside and is readable now', async () => {
  const { referral, hours } = await respondedTo(1);
  const { last } = await streamOf(referral);
  await sqs.send(queueUrl, [asText(last), asText(last)]);
  expect(await redriven()).toEqual([0, ['Brought back: 2', DONE]]);
  expect(await domain.store.openHours(referral.code)).toEqual(hours);
  expect(await sqs.contentOf(queueUrl)).toEqual(EMPTY);
});

test('referrals redrive tries an unreadable record once, and the function sets it aside again', async () => {
  const { referral, hours } = await respondedTo(1);
  const { last } = await streamOf(referral);
  const { code, ...image } = last.dynamodb?.NewImage ?? {};
  const unreadable = asText(last, image);
  await sqs.send(queueUrl, [unreadable, asText(last)]);
  expect(await redriven()).toEqual([
    1,
    [
      'Brought back: 2',
      'Came in meanwhile: 1',
      'Next: read the log of the function that failed, fix the cause, and run the same command again.',
    ],
  ]);
  expect(await domain.store.openHours(referral.code)).toEqual(hours);
  const { waiting, hidden } = await sqs.contentOf(queueUrl);
  expect([waiting.map((body) => JSON.parse(body)), hidden]).toEqual([[JSON.parse(unreadable)], []]);
});

test('referrals redrive keeps dead letters whose records are gone', async ({ skip }) => {
  skip(
    process.env.TEST_DATABASE === 'ministack',
    'The streams of MiniStack have records at every place.',
  );
  const { referral } = await respondedTo(1);
  const { letter, first, last } = await streamOf(referral);
  const streamArn = 'arn:aws:dynamodb:local:000000000000:table/none/stream/2026-01-01T00:00:00.000';
  const letters = [
    letter(first, last, { streamArn }),
    letter(first, last, { endSequenceNumber: '999999999999999999999' }),
  ];
  await sqs.send(queueUrl, letters);
  expect(await redriven()).toEqual([1, ['Brought back: 0', ...GONE]]);
  expect(await domain.store.openHours(referral.code)).toEqual([]);
  expect(await sqs.contentOf(queueUrl)).toEqual({ waiting: letters.sort(), hidden: [] });
});

test('referrals redrive keeps a dead letter until the function has taken all its records', async () => {
  const [well, ill] = [await respondedTo(2), await respondedTo(2)];
  const letterOf = async (referral: Referral) => {
    const { letter, first, last } = await streamOf(referral);
    return letter(first, last);
  };
  const letters = [await letterOf(well.referral), await letterOf(ill.referral)];
  await sqs.send(queueUrl, letters);
  proxy.decide = (operation, { Item }) =>
    operation === 'PutItem' &&
    Item.code.S === ill.referral.code &&
    Item.sk.S === `OPEN#${ill.hours[1]}`
      ? 'throttle'
      : 'pass';
  expect(await redriven()).toEqual([
    1,
    [
      'Brought back: 1',
      'Kept: 1, because consume-stream could not process it, see its log.',
      AGAIN,
    ],
  ]);
  expect(await domain.store.openHours(well.referral.code)).toEqual(well.hours);
  expect(await domain.store.openHours(ill.referral.code)).toEqual(ill.hours.slice(0, 1));
  expect(await sqs.contentOf(queueUrl)).toEqual({ waiting: letters.slice(1), hidden: [] });

  proxy.decide = () => 'pass';
  expect(await redriven()).toEqual([0, ['Brought back: 1', DONE]]);
  expect(await domain.store.openHours(ill.referral.code)).toEqual(ill.hours);
  expect(await sqs.contentOf(queueUrl)).toEqual(EMPTY);
});

test.each([
  ['close-hours', 'close-hours is not the function that follows the stream.'],
  ['store-click', 'store-click is not the function that follows the stream.'],
  ['record-backend-action', expect.stringContaining('record-backend-action failed: ')],
])(
  'referrals redrive keeps dead letters that go to the wrong function (%s)',
  async (name, reason) => {
    const { referral } = await respondedTo(1);
    const { letter, first, last } = await streamOf(referral);
    await sqs.send(queueUrl, [letter(first, last)]);
    const [code, [done, kept, next]] = await redriven(name);
    expect([code, done, kept?.replace('Kept: 1, because ', ''), next]).toEqual([
      1,
      'Brought back: 0',
      reason,
      AGAIN,
    ]);
    expect(await sqs.contentOf(queueUrl)).toEqual({ waiting: [letter(first, last)], hidden: [] });
  },
);
