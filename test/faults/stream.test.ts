import { randomUUID } from 'node:crypto';
import type { Context, DynamoDBRecord } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordAction } from '../../functions/core/action.ts';
import { closeDueHours } from '../../functions/core/closing.ts';
import type { ReferralEvent } from '../../functions/core/events.ts';
import { linkSession } from '../../functions/core/link.ts';
import type { Referral } from '../../functions/core/referral.ts';
import { environment as env } from '../../functions/environment.ts';
import { streamHandler } from '../../functions/messages/batch-handler.ts';
import { recordFollower } from '../../functions/messages/stream.ts';
import { newUserId } from '../integration/domain.ts';
import { readTable, violations } from './oracle.ts';
import { type Queues, startQueues } from './queue.ts';
import { type Random, seededRandom } from './random.ts';
import { randomFates } from './random-fates.ts';
import { isLong, seed } from './seed.ts';
import { deliverStream, type StreamHandler } from './stream-driver.ts';
import { closeAll, createWorld, MINUTE, newClick, newReferral, pass, type World } from './world.ts';

const context = {} as Context;

/** The deployed consumer on this world. Its bus refuses some events. */
function consumerOf(world: World, random: Random): StreamHandler {
  const publish = async ({ type, detail }: ReferralEvent) => {
    if (random.chance(0.1)) throw new Error('The bus does not take it.');
    world.published.add(`${type} ${detail.id}`);
    if (random.chance(0.05)) throw new Error('The bus took it, and its answer is lost.');
  };
  const handler = streamHandler('Some of the stream is not followed yet.', () =>
    recordFollower({ ...world, publish }, process.env[env.streamDeadLettersUrl]),
  );
  return (event) => handler(event, context);
}

/** Lets visitors act for some hours. Returns the records, which nobody has followed yet. */
async function someHours(world: World, random: Random): Promise<DynamoDBRecord[]> {
  const referrals: Referral[] = [];
  for (let link = 0; link < 4; link++) referrals.push(await newReferral(world));
  for (let turn = 0; turn < 150; turn++) {
    const referral = random.pick(referrals);
    const click = newClick(world, referral);
    await world.store.putResponse(click, referral);
    const session = click.session ?? '';
    if (random.chance(0.2)) {
      await recordAction(world, {
        visitor: { session },
        action: random.pick(['BOUGHT', 'VIEWED']),
        trusted: false,
        idempotencyKey: undefined,
      });
    }
    if (random.chance(0.2)) await linkSession(world, session, newUserId());
    pass(world, random.between(0, 3) * MINUTE);
  }
  return world.records();
}

/** Delivers the stream as badly as possible, while time passes and two closers close hours. */
async function deliverAndClose(world: World, handler: StreamHandler, from: number) {
  const random = seededRandom(from);
  const records = await someHours(world, random);
  world.proxy.decide = randomFates(from, {
    throttle: 0.1,
    error: 0.05,
    'cut-after': 0.05,
    cut: 0.05,
  });
  let isOver = false;
  const close = async () => {
    while (!isOver) {
      pass(world, MINUTE);
      await closeDueHours(world, () => true).catch(ignoreFailures);
    }
  };
  const closers = [close(), close()];
  const delivery = await deliverStream(records, handler, { seed: from });
  isOver = true;
  await Promise.all(closers);
  world.proxy.decide = () => 'pass';
  await closeAll(world);
  return { records, delivery };
}

// An hour that can't be closed now is closed later.
const ignoreFailures = () => undefined;

const seeds = Array.from({ length: isLong ? 50 : 5 }, (_, run) => seed + run);

describe('the stream, delivered as badly as possible,', () => {
  test.each(seeds)(
    'is followed to its end, with complete hours and events (seed %i)',
    async (from) => {
      const world = await createWorld();
      const handler = consumerOf(world, seededRandom(from));
      const { records, delivery } = await deliverAndClose(world, handler, from);
      expect(await violations(world, { published: world.published })).toEqual([]);
      const created = (await readTable(world)).referrals.map(({ id }) => `ReferralCreated ${id}`);
      expect(created.filter((event) => !world.published.has(event))).toEqual([]);
      expect(records.length).toBeGreaterThan(150);
      expect(delivery.invocations).toBeGreaterThan(records.length / 25);
    },
  );

  test('would lose records if the consumer did not name the failed ones', async () => {
    const world = await createWorld();
    const handler = consumerOf(world, seededRandom(seed));
    const forgetful: StreamHandler = async (event) => {
      await handler(event);
      return { batchItemFailures: [] };
    };
    await deliverAndClose(world, forgetful, seed);
    expect(await violations(world, { published: world.published })).not.toEqual([]);
  });
});

describe('a record that can’t be read', () => {
  let queues: Queues;
  beforeAll(async () => {
    queues = await startQueues();
    process.env.AWS_ENDPOINT_URL_SQS = queues.endpoint;
  });
  afterAll(() => queues.stop());

  /** A consumer that never fails, and a record that it can read. */
  const aConsumer = async () => {
    const world = await createWorld();
    const referral = await newReferral(world);
    await world.store.putResponse(newClick(world, referral), referral);
    const record = (await world.records()).at(-1);
    const handler = consumerOf(world, { ...seededRandom(seed), chance: () => false });
    return { world, handler, record: record as DynamoDBRecord };
  };

  test.each([
    ['is of another kind', { pk: { S: 'SOMETHING#1' }, sk: { S: 'ELSE' } }],
    ['lacks the properties of a response', { pk: { S: 'VISITOR#x' }, sk: { S: 'RESPONSE#y' } }],
    ['has no image at all', undefined],
    ['has keys of another type', { pk: { N: '1' }, sk: { N: '2' } }],
  ])(
    'because it %s becomes a dead letter, and holds up no other record',
    async (_what, NewImage) => {
      const queue = await queues.create(`dead-${randomUUID()}`);
      process.env[env.streamDeadLettersUrl] = queue.url;
      try {
        const { world, handler, record } = await aConsumer();
        const unreadable = {
          ...record,
          dynamodb: { ...record.dynamodb, NewImage, SequenceNumber: '0' },
        } as DynamoDBRecord;
        expect(await handler({ Records: [unreadable, record] })).toEqual({ batchItemFailures: [] });
        expect(await queue.pending()).toBe(1);
        expect(world.published.size).toBe(1);
      } finally {
        delete process.env[env.streamDeadLettersUrl];
      }
    },
  );

  test('becomes a dead letter without IP, user agent and referer', async () => {
    const queue = await queues.create(`dead-${randomUUID()}`);
    process.env[env.streamDeadLettersUrl] = queue.url;
    try {
      const { handler, record } = await aConsumer();
      const { httpReferer, ...image } = record.dynamodb?.NewImage ?? {};
      expect(httpReferer).toBeDefined();
      const kept = { ...image, id: { S: 'no id' } };
      const NewImage = { ...kept, httpReferer, ip: { S: 'x' }, userAgent: { S: 'y' } };
      const unreadable = { ...record, dynamodb: { ...record.dynamodb, NewImage } };
      await handler({ Records: [unreadable as DynamoDBRecord] });
      const letter = { ...record, dynamodb: { ...record.dynamodb, NewImage: kept } };
      expect(await queue.bodies()).toEqual([JSON.parse(JSON.stringify(letter))]);
    } finally {
      delete process.env[env.streamDeadLettersUrl];
    }
  });

  test('is delivered again if the dead letter can’t be sent', async () => {
    process.env[env.streamDeadLettersUrl] = `${queues.endpoint}/000000000000/no-such-queue`;
    try {
      const { handler, record } = await aConsumer();
      const Records = [{ ...record, dynamodb: { SequenceNumber: '7' } }];
      expect(await handler({ Records })).toEqual({ batchItemFailures: [{ itemIdentifier: '7' }] });
    } finally {
      delete process.env[env.streamDeadLettersUrl];
    }
  });
});
