import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { inOwnDirectory, run } from './command.ts';
import { type DeadQueue, type Sqs, startSqs } from './redrive-sqs.ts';

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

const redrive = (url = queue.deadLettersUrl) =>
  run(['redrive', '--queue-url', url], { AWS_ENDPOINT_URL_SQS: sqs.endpoint });

/** Turns this many messages of the queue into dead letters. */
async function kill(count: number): Promise<string[]> {
  const bodies = Array.from({ length: count }, (_, index) => JSON.stringify({ click: index }));
  await sqs.send(queue.url, bodies);
  await sqs.kill(queue);
  return bodies.sort();
}

/** The lines of the output after the progress. */
const reported = (stdout: string) =>
  stdout.split('\n').filter((line) => line && !/^\d+ of about \d+ dead letters$/.test(line));

const beginning = (url = queue.deadLettersUrl) => `Bringing back the dead letters of ${url} …`;
const DONE = 'Done: nothing is left to do.';
const AGAIN = 'Next: fix that, and run the same command again.';

test('referrals redrive moves each dead letter back to its queue once', async () => {
  const bodies = await kill(85);
  const first = await redrive().ended;
  expect(await sqs.contentOf(queue.url)).toEqual({ waiting: bodies, hidden: [] });
  expect(await sqs.contentOf(queue.deadLettersUrl)).toEqual({ waiting: [], hidden: [] });
  expect([first.code, first.stderr, reported(first.stdout)]).toEqual([
    0,
    '',
    [beginning(), 'Brought back: 85', DONE],
  ]);
  const second = await redrive().ended;
  expect(reported(second.stdout)).toEqual([beginning(), 'Brought back: 0', DONE]);
});

test('referrals redrive leaves dead letters that come in meanwhile', async () => {
  await kill(3);
  let arrival: Promise<void> | undefined;
  sqs.intervene = async (operation) => {
    if (operation === 'ListDeadLetterSourceQueues') {
      arrival ??= sqs.send(queue.deadLettersUrl, ['late']);
      await arrival;
    }
    return undefined;
  };
  const { code, stdout } = await redrive().ended;
  expect([code, reported(stdout)]).toEqual([
    1,
    [
      beginning(),
      'Brought back: 3',
      'Came in meanwhile: 1',
      'Next: read the log of the function that failed, fix the cause, and run the same command again.',
    ],
  ]);
  expect(await sqs.contentOf(queue.deadLettersUrl)).toEqual({ waiting: ['late'], hidden: [] });
});

test('referrals redrive keeps dead letters that could not be sent, and says why', async () => {
  const bodies = await kill(12);
  sqs.intervene = (operation, { Entries = [] }) =>
    operation === 'SendMessageBatch'
      ? { body: { Failed: Entries.map(({ Id }) => ({ Id, Message: 'of its length.' })) } }
      : undefined;
  const { code, stdout } = await redrive().ended;
  expect([code, reported(stdout)]).toEqual([
    1,
    [beginning(), 'Brought back: 0', 'Kept: 12, because of its length.', AGAIN],
  ]);
  expect(await sqs.contentOf(queue.deadLettersUrl)).toEqual({ waiting: bodies, hidden: [] });
});

test('referrals redrive tries a dead letter once even if it receives it twice', async () => {
  const message = {
    MessageId: 'a',
    Body: '{}',
    MD5OfBody: '99914b932bd37a50b983c5e7c90ae93b',
    ReceiptHandle: 'a',
    Attributes: { SentTimestamp: '1772000000000' },
  };
  let received = 0;
  sqs.intervene = (operation) => {
    if (operation === 'SendMessageBatch') {
      return { body: { Failed: [{ Id: 'a', Message: 'of its length.' }] } };
    }
    if (operation !== 'ReceiveMessage') return undefined;
    received += 1;
    return { body: { Messages: received <= 6 ? [message] : [] } };
  };
  const { code, stdout } = await redrive().ended;
  expect([code, reported(stdout)]).toEqual([
    1,
    [beginning(), 'Brought back: 0', 'Kept: 1, because of its length.', AGAIN],
  ]);
});

test.each([0, 2])('referrals redrive leaves the dead letters of %d queues alone', async (count) => {
  await sqs.send(queue.deadLettersUrl, ['{}', 'no JSON']);
  sqs.intervene = (operation) =>
    operation === 'ListDeadLetterSourceQueues'
      ? { body: { queueUrls: Array(count).fill(queue.url) } }
      : undefined;
  const { code, stdout } = await redrive().ended;
  expect([code, reported(stdout)]).toEqual([
    1,
    [beginning(), 'Brought back: 0', 'Kept: 2, because their source queue is not known', AGAIN],
  ]);
  expect(await sqs.contentOf(queue.deadLettersUrl)).toEqual({
    waiting: ['no JSON', '{}'],
    hidden: [],
  });
});

test('an interrupted referrals redrive continues where it stopped', async () => {
  const bodies = await kill(500);
  const first = redrive();
  let sent = 0;
  sqs.intervene = async (operation) => {
    if (operation === 'SendMessageBatch' && ++sent === 10) first.process.kill('SIGINT');
    return undefined;
  };
  const { code, stderr } = await first.ended;
  const moved = (await sqs.contentOf(queue.url)).waiting.length;
  expect([code, stderr]).toEqual([
    130,
    `Stopped after ${moved} dead letters. To continue from there, run the same command again.\n`,
  ]);
  expect(moved).toBeGreaterThanOrEqual(100);
  expect(moved).toBeLessThan(500);
  const left = await sqs.contentOf(queue.deadLettersUrl);
  expect([left.waiting.length, left.hidden]).toEqual([500 - moved, []]);

  expect((await redrive().ended).code).toBe(0);
  expect(await sqs.contentOf(queue.url)).toEqual({ waiting: bodies, hidden: [] });
});

test('a killed referrals redrive loses nothing, and the next run says how many dead letters have to wait', async () => {
  const bodies = await kill(5);
  const first = redrive();
  sqs.intervene = async (operation) => {
    if (operation !== 'DeleteMessageBatch') return undefined;
    first.process.kill('SIGKILL');
    await once(first.process, 'exit');
    return { status: 500, body: {} };
  };
  await first.ended;
  expect(await sqs.contentOf(queue.url)).toEqual({ waiting: bodies, hidden: [] });
  expect(await sqs.contentOf(queue.deadLettersUrl)).toEqual({ waiting: [], hidden: bodies });

  const second = await redrive().ended;
  expect([second.code, reported(second.stdout)]).toEqual([
    1,
    [
      beginning(),
      'Brought back: 0',
      'Not available now: 5, because somebody received them within the last 15 minutes',
      'Next: run the same command again in 15 minutes.',
    ],
  ]);
});
