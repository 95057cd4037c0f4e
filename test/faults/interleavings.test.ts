import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { decodeTime } from 'ulid';
import { expect, test } from 'vitest';
import { recordAction } from '../../functions/core/action.ts';
import { type PendingClick, recordClick, storeClick } from '../../functions/core/click.ts';
import { closeDueHours } from '../../functions/core/closing.ts';
import { countReferral } from '../../functions/core/counting.ts';
import {
  actionCountNames,
  type Counts,
  countNames,
  noCounts,
  sum,
} from '../../functions/core/counts.ts';
import { hourAt, LONGEST_OPEN } from '../../functions/core/hours.ts';
import { linkSession } from '../../functions/core/link.ts';
import { openHour, REST } from '../../functions/core/marks.ts';
import { recount } from '../../functions/core/recount.ts';
import type { Referral } from '../../functions/core/referral.ts';
import { referralStats } from '../../functions/core/stats.ts';
import type { Store } from '../../functions/core/store.ts';
import type { Visitor } from '../../functions/core/visitor.ts';
import { readOrSetAside } from '../../functions/messages/stream.ts';
import { BROWSER } from '../integration/client.ts';
import { countsOf, readTable } from './oracle.ts';
import { isLong, seed } from './seed.ts';
import { closeAll, createWorld, HOUR, MINUTE, newReferral, pass, type World } from './world.ts';

const DAY = 24 * HOUR;
const RETENTION = 30 * DAY;

/** The expected state, kept beside the real one. */
interface Model {
  /** Number of responses ever recorded. */
  recorded: number;
  /** Counts of expired responses, which stay when DynamoDB deletes these. */
  readonly expired: Map<string, Counts>;
  expiredRows: number;
}

/** The real state. */
interface Real {
  readonly world: World;
  readonly referrals: Referral[];
  /** Sessions by the visitor's number. A visitor gets one with their first click. */
  readonly sessions: Map<number, string>;
  readonly users: string[];
  readonly queued: PendingClick[];
  /** Number of stream records that were delivered. */
  delivered: number;
}

type Step = fc.AsyncCommand<Model, Real>;

const step = (
  name: string,
  run: (model: Model, real: Real) => Promise<void>,
  check: (model: Model) => boolean = () => true,
): Step => ({ toString: () => name, check, run });

const at = <Item>(items: readonly Item[], index: number): Item =>
  items[index % items.length] as Item;

const create = () =>
  step('create', async (_model, { world, referrals }) => {
    referrals.push(await newReferral(world));
  });

const clicks = (link: number, visitor: number, kind: 'human' | 'bot', fails: boolean) =>
  step(`click(${link}, ${visitor}, ${kind}${fails ? ', queued' : ''})`, async (model, real) => {
    const { world, sessions, queued } = real;
    const referral = at(real.referrals, link);
    let writes = 0;
    // Every try is stored but gets no answer, so the queued click is stored already.
    if (fails) {
      world.proxy.decide = (operation) =>
        operation === 'PutItem' && ++writes <= 4 ? 'cut-after' : 'pass';
    }
    const { session, outcome } = await recordClick(
      { ...world, queueClick: async (click) => void queued.push(click) },
      {
        code: referral.code,
        method: 'GET',
        sessions: [sessions.get(visitor) ?? ''],
        redirectTo: undefined,
        purpose: undefined,
        userAgent: kind === 'bot' ? 'Googlebot/2.1' : BROWSER,
      },
    );
    world.proxy.decide = () => 'pass';
    if (outcome !== 'expired') model.recorded += 1;
    if (session !== undefined) sessions.set(visitor, session);
  });

/** Browsers behind an IP click, each for the first time as far as it can tell. */
const crowd = (link: number, ip: number, browsers: number) =>
  step(`crowd(${link}, ${ip}, ${browsers})`, async (model, { world, referrals }) => {
    for (let browser = 0; browser < browsers; browser++) {
      const { outcome } = await recordClick(world, {
        code: at(referrals, link).code,
        method: 'GET',
        sessions: [],
        redirectTo: undefined,
        purpose: undefined,
        userAgent: `${BROWSER} ${browser}`,
        clientIp: `192.0.2.${ip}`,
      });
      if (outcome !== 'expired') model.recorded += 1;
    }
  });

const visitorOf = ({ sessions, users }: Real, visitor: number): Visitor => {
  const session = sessions.get(visitor);
  return session === undefined ? { userId: at(users, visitor) } : { session };
};

const act = (visitor: number, action: string, trusted: boolean) =>
  step(`act(${visitor}, ${action}${trusted ? ', trusted' : ''})`, async (model, real) => {
    const response = await recordAction(real.world, {
      visitor: visitorOf(real, visitor),
      action,
      trusted,
      idempotencyKey: undefined,
    });
    if (response !== undefined) model.recorded += 1;
  });

const link = (visitor: number, user: number) =>
  step(`link(${visitor}, ${user})`, async (_model, { world, sessions, users }) => {
    const session = sessions.get(visitor);
    if (session !== undefined) await linkSession(world, session, at(users, user));
  });

const storeQueued = () =>
  step('store what is queued', async (_model, { world, queued }) => {
    for (const click of queued.splice(0)) await storeClick(world, click);
  });

const wait = (minutes: number) =>
  step(`wait(${minutes} min)`, async (_model, { world }) => pass(world, minutes * MINUTE));

const expireLink = (index: number) =>
  step(`expire(${index})`, async (_model, { world, referrals }) => {
    const { code } = at(referrals, index);
    await world.table.client.send(
      new UpdateCommand({
        TableName: world.table.name,
        Key: { pk: `REFERRAL#${code}`, sk: 'REFERRAL' },
        UpdateExpression: 'SET expiresAt = :now',
        ExpressionAttributeValues: { ':now': world.now().toISOString() },
      }),
    );
  });

/** Closes hours as far as there is time. One read gives only a few responses. */
const roll = (slices: number) =>
  step(`roll(${slices})`, async (_model, { world }) => {
    const { responsesBetween } = world.store;
    const store: Store = {
      ...world.store,
      responsesBetween: (referral, from, to) => responsesBetween(referral, from, to, 5),
    };
    let left = slices;
    await closeDueHours({ ...world, store }, () => left-- > 0);
  });

/** Many responses come, so that the hour is counted while it runs. */
const goViral = (link: number) =>
  step(`go viral(${link})`, async (_model, { world, referrals }) => {
    const now = world.now().getTime();
    await openHour(world, at(referrals, link).code, hourAt(now), now + REST);
  });

async function follow({ world }: Real, from: number, to?: number): Promise<number> {
  const records = await world.records();
  const changes = await Promise.all(
    records.slice(from, to).map((record) => readOrSetAside(record)),
  );
  await world.follow(...changes.map((change) => change ?? expect.fail('It can’t be read.')));
  return records.length;
}

const deliver = () =>
  step('deliver', async (_model, real) => {
    real.delivered = await follow(real, real.delivered);
  });

const replay = (from: number, length: number) =>
  step(`replay(${from}, ${length})`, async (_model, real) => {
    await follow(real, from, from + length);
  });

/** Lets a week pass. The stream is a day late at most, and no run of the closer is later than that. */
const passWeek = () =>
  step('pass a week', async (_model, real) => {
    const { world } = real;
    real.delivered = await follow(real, real.delivered);
    pass(world, LONGEST_OPEN + 2 * HOUR);
    await closeDueHours(world, () => true);
  });

/** Lets a month pass and deletes older responses. The stream and the hours were handled long before. */
const passRetention = () =>
  step('pass the retention', async (model, real) => {
    const { world } = real;
    real.delivered = await follow(real, real.delivered);
    await storeQueued().run(model, real);
    real.delivered = await follow(real, real.delivered);
    pass(world, LONGEST_OPEN + 2 * HOUR);
    await closeDueHours(world, () => true);
    pass(world, RETENTION);
    const { responses, copies } = await readTable(world);
    for (const [code, rows] of Map.groupBy(responses, ({ code }) => code)) {
      model.expired.set(code, sum(model.expired.get(code) ?? noCounts, countsOf(rows)));
    }
    model.expiredRows += responses.length;
    for (const response of [...responses, ...copies]) {
      const { pk, sk } = response as unknown as Record<'pk' | 'sk', string>;
      const Key = { pk, sk };
      await world.table.client.send(new DeleteCommand({ TableName: world.table.name, Key }));
    }
  });

/** Delivers the stream, and checks that all counts are right. */
const check = () =>
  step('check', async (model, real) => {
    const { world } = real;
    real.delivered = await follow(real, real.delivered);
    const { referrals, responses } = await readTable(world);
    expect(new Set(responses.map(({ id }) => id)).size).toBe(responses.length);
    expect(responses.length + model.expiredRows).toBe(model.recorded);
    for (const response of responses) {
      expect(world.published).toContain(`ResponseRecorded ${response.id}`);
    }
    for (const referral of referrals) {
      const rows = responses.filter(({ code }) => code === referral.code);
      const gone = model.expired.get(referral.code) ?? noCounts;
      const expected = numbers(sum(countsOf(rows), gone));
      const range = { from: 0, to: world.now().getTime() + HOUR, interval: 'month' as const };
      const { totals } = await referralStats(world, referral, { ...range, timeZone: 'UTC' });
      const { countedUntil, ...counts } = await countReferral(world, referral);
      expect(numbers(totals)).toEqual(numbers(counts));
      expect(await recount(world, referral)).toEqual([]);
      if (countedUntil === world.now().getTime()) {
        expect(numbers(counts)).toEqual(expected);
      } else {
        const counted = rows.filter(({ id }) => decodeTime(id) < countedUntil);
        expect(counts.clicks).toBeGreaterThanOrEqual(countsOf(counted).clicks + gone.clicks);
        expect(counts.clicks).toBeLessThanOrEqual(countsOf(rows).clicks + gone.clicks);
      }
    }
  });

const numbers = (counts: Counts) => [
  ...countNames.map((name) => [name, counts[name]]),
  ...actionCountNames.map((name) => [
    name,
    ...[...counts[name]].filter(([, count]) => count !== 0).sort(),
  ]),
];

const few = fc.nat({ max: 3 });

const commands = fc.commands(
  [
    fc.constant(create()),
    fc
      .tuple(few, few, fc.constantFrom('human', 'human', 'bot'), fc.boolean())
      .map((parameters) => clicks(...(parameters as Parameters<typeof clicks>))),
    fc
      .tuple(few, few, fc.constant('human' as const), fc.constant(false))
      .map((parameters) => clicks(...parameters)),
    fc
      .tuple(few, fc.constantFrom('BOUGHT', 'VIEWED'), fc.boolean())
      .map((parameters) => act(...parameters)),
    fc.tuple(few, few).map((parameters) => link(...parameters)),
    fc.tuple(few, few, fc.constantFrom(1, 2, 25)).map((parameters) => crowd(...parameters)),
    fc.constant(storeQueued()),
    fc.integer({ min: 1, max: 100 }).map(wait),
    fc.constant(wait(4 * 60)),
    fc.constant(passWeek()),
    few.map(expireLink),
    fc.constantFrom(1, 2, 5, 1_000).map(roll),
    few.map(goViral),
    fc.constant(deliver()),
    fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 20 })).map((parameters) => replay(...parameters)),
    fc.constant(passRetention()),
    fc.constant(check()),
  ],
  { maxCommands: 60, size: 'max' },
);

test(`counts match the responses after any actions in any order (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(commands, async (steps) => {
      const setup = async () => {
        const world = await createWorld({ retention: RETENTION / 1000 });
        const referrals = [await newReferral(world)];
        const users = [0, 1, 2, 3].map((user) => `user-${user}`);
        return {
          model: { recorded: 0, expired: new Map(), expiredRows: 0 },
          real: { world, referrals, sessions: new Map(), users, queued: [], delivered: 0 },
        };
      };
      let last: { model: Model; real: Real } | undefined;
      await fc.asyncModelRun(async () => (last = await setup()), [...steps]);
      if (last === undefined) return;
      const { model, real } = last;
      await deliver().run(model, real);
      await closeAll(real.world);
      await check().run(model, real);
    }),
    { seed, numRuns: isLong ? 300 : 30, endOnFailure: false, interruptAfterTimeLimit: 600_000 },
  );
}, 900_000);
