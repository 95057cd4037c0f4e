import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, inject, test } from 'vitest';
import { recordAction } from '../../functions/core/action.ts';
import { closeDueHours, closeHour } from '../../functions/core/closing.ts';
import { countReferral } from '../../functions/core/counting.ts';
import { type Counts, noCounts } from '../../functions/core/counts.ts';
import { changeFollower } from '../../functions/core/events.ts';
import { hourOf } from '../../functions/core/hours.ts';
import { linkSession } from '../../functions/core/link.ts';
import { openHour, reopenHour } from '../../functions/core/marks.ts';
import { recount } from '../../functions/core/recount.ts';
import type { Referral } from '../../functions/core/referral.ts';
import type { Response } from '../../functions/core/response.ts';
import { referralStats } from '../../functions/core/stats.ts';
import {
  clicked,
  type Domain,
  domainOn,
  newClick,
  newSession,
  newUserId,
  ownTable,
} from './domain.ts';

const outputs = await ownTable(inject('outputs'));

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A domain whose clock shows a past time. */
function domainAt(time: string, settings: Parameters<typeof domainOn>[1] = {}): Domain {
  const domain = domainOn(outputs, settings);
  domain.clock.now = new Date(time);
  return domain;
}

const pass = (domain: Domain, milliseconds: number) => {
  domain.clock.now = new Date(domain.clock.now.getTime() + milliseconds);
};

/** The counts of a referral, without its other properties. */
async function countsOf(domain: Domain, referral: Referral): Promise<Counts> {
  const counted = await countReferral(domain, referral);
  const { clicks, uniqueVisitors, suspicious, bots, prefetches, ownClicks } = counted;
  const { trustedActions, pageActions } = counted;
  const visits = { clicks, uniqueVisitors, suspicious, bots, prefetches, ownClicks };
  return { ...visits, trustedActions, pageActions };
}

const oneClick: Counts = { ...noCounts, clicks: 1, uniqueVisitors: 1 };

/** Puts a response at the domain's time, as another function would. */
async function respond(domain: Domain, referral: Referral, response: Partial<Response> = {}) {
  const click = newClick(domain, referral.code, domain.now());
  await domain.store.putResponse({ ...click, ...response }, referral);
  return click.id;
}

/** Clicks of each hour from 10 to 13 o'clock, as the stats have them. */
async function statsOf(domain: Domain, referral: Referral): Promise<number[]> {
  const { series } = await referralStats(domain, referral, {
    from: Date.parse('2026-03-02T10:00:00Z'),
    to: Date.parse('2026-03-02T13:00:00Z'),
    interval: 'hour',
    timeZone: 'UTC',
  });
  return series.map(({ counts }) => counts.clicks);
}

const close = (domain: Domain, referral: Referral, id: string) =>
  closeHour(domain, referral.code, hourOf(id));

describe('an open hour', () => {
  test('is closed five minutes after its end, but not earlier', async () => {
    const domain = domainAt('2026-03-01T10:40:00Z');
    const { referral } = await clicked(domain);
    const hour = '2026-03-01T10';
    await openHour(domain, referral.code, hour);
    const closes = async () => closeHour(domain, referral.code, hour);
    pass(domain, 24 * MINUTE);
    expect(await closes()).toBe(false);
    pass(domain, MINUTE);
    expect(await closes()).toBe(true);
    expect(await closes()).toBe(false);
    expect(await domain.store.openHours(referral.code)).toEqual([]);
    expect(await domain.store.readTotal(referral.code)).toEqual({
      version: expect.any(String),
      through: hour,
      counts: oneClick,
    });
    expect(await domain.store.closedHours(referral.code, 0, Date.now())).toEqual([
      { hour, quarters: new Map([[Date.parse('2026-03-01T10:30:00Z'), oneClick]]) },
    ]);
    expect(await countsOf(domain, referral)).toEqual(oneClick);
  });

  test('counts every kind of response', async () => {
    const domain = domainAt('2026-03-01T12:10:00Z');
    const { referral, visitor } = await clicked(domain);
    for (const kind of ['bot', 'bot', 'prefetch', 'own'] as const) {
      await respond(domain, referral, { kind, first: false });
    }
    await respond(domain, referral, { first: false });
    for (const action of ['BOUGHT', 'BOUGHT', '__proto__', 'constructor']) {
      await recordAction(domain, { visitor, action, trusted: false, idempotencyKey: undefined });
    }
    await recordAction(domain, {
      visitor,
      action: 'BOUGHT',
      trusted: true,
      idempotencyKey: undefined,
    });
    const expected: Counts = {
      clicks: 2,
      uniqueVisitors: 1,
      suspicious: 0,
      bots: 2,
      prefetches: 1,
      ownClicks: 1,
      trustedActions: new Map([['BOUGHT', 1]]),
      pageActions: new Map([
        ['BOUGHT', 2],
        ['__proto__', 1],
        ['constructor', 1],
      ]),
    };
    expect(await countsOf(domain, referral)).toEqual(expected);
    await openHour(domain, referral.code, '2026-03-01T12');
    pass(domain, HOUR);
    expect(await closeDueHours(domain, () => true)).toEqual({
      closed: 1,
      late: expect.any(Number),
    });
    expect(await countsOf(domain, referral)).toEqual(expected);
    expect(await recount(domain, referral)).toEqual([]);
  });

  test('stays open if it is marked again while it is counted', async () => {
    const domain = domainAt('2026-03-01T14:00:00Z');
    const { referral } = await clicked(domain);
    await openHour(domain, referral.code, '2026-03-01T14');
    pass(domain, 2 * HOUR);
    const { responsesBetween } = domain.store;
    let isFirst = true;
    const store = {
      ...domain.store,
      responsesBetween: async (...parameters: Parameters<typeof responsesBetween>) => {
        const read = await responsesBetween(...parameters);
        if (!isFirst) return read;
        isFirst = false;
        // A queued click is stored too late to be counted.
        domain.clock.now = new Date('2026-03-01T14:59:59Z');
        await respond(domain, referral);
        domain.clock.now = new Date('2026-03-01T16:00:01Z');
        await reopenHour(domain, referral.code, '2026-03-01T14');
        return read;
      },
    };
    expect(await closeHour({ ...domain, store }, referral.code, '2026-03-01T14')).toBe(false);
    expect((await countsOf(domain, referral)).clicks).toBe(2);
    pass(domain, 6 * MINUTE);
    expect(await closeHour(domain, referral.code, '2026-03-01T14')).toBe(true);
    expect((await countsOf(domain, referral)).clicks).toBe(2);
    expect(await recount(domain, referral)).toEqual([]);
  });
});

describe('a closed hour', () => {
  test('is opened again by a late response, and counts no response twice', async () => {
    const domain = domainAt('2026-03-02T10:10:00Z');
    const { referral } = await clicked(domain);
    const late = domain.clock.now;
    await openHour(domain, referral.code, '2026-03-02T10');
    pass(domain, HOUR);
    await respond(domain, referral);
    await openHour(domain, referral.code, '2026-03-02T11');
    pass(domain, HOUR);
    expect(await closeHour(domain, referral.code, '2026-03-02T10')).toBe(true);
    expect(await closeHour(domain, referral.code, '2026-03-02T11')).toBe(true);

    const now = domain.clock.now;
    domain.clock.now = late;
    const id = await respond(domain, referral);
    domain.clock.now = now;
    await reopenHour(domain, referral.code, hourOf(id));
    expect((await countsOf(domain, referral)).clicks).toBe(3);
    expect(await statsOf(domain, referral)).toEqual([2, 1, 0]);
    expect(await close(domain, referral, id)).toBe(false);
    pass(domain, 5 * MINUTE);
    expect(await close(domain, referral, id)).toBe(true);
    expect((await countsOf(domain, referral)).clicks).toBe(3);
    expect(await statsOf(domain, referral)).toEqual([2, 1, 0]);
    expect(await domain.store.readTotal(referral.code)).toMatchObject({ through: '2026-03-02T11' });
    expect(await recount(domain, referral)).toEqual([]);
  });

  test('keeps its counts after its responses have expired, and is not opened by a moved response', async () => {
    const retention = 30 * 24 * 60 * 60;
    const domain = domainAt('2026-01-01T10:10:00Z', { retention });
    const { referral, visitor } = await clicked(domain);
    const session = newSession();
    const expired = await respond(domain, referral, { session });
    await openHour(domain, referral.code, '2026-01-01T10');
    pass(domain, HOUR);
    expect(await closeHour(domain, referral.code, '2026-01-01T10')).toBe(true);
    pass(domain, 30 * 24 * HOUR);
    const Key = { pk: `VISITOR#${session}`, sk: `RESPONSE#${expired}` };
    await domain.table.client.send(new DeleteCommand({ TableName: domain.table.name, Key }));

    await linkSession(domain, visitor.session, newUserId());
    const { items } = await domain.store.listResponses([referral], { limit: 2, cursor: undefined });
    const [moved] = items;
    expect(items).toEqual([expect.objectContaining({ session: visitor.session })]);
    const follow = changeFollower({ ...domain, publish: async () => {} }, new Map());
    await follow({ type: 'response-linked', response: moved as Response });
    expect(await domain.store.openHours(referral.code)).toEqual([]);
    expect((await countsOf(domain, referral)).clicks).toBe(2);
  });

  test('is compared with its responses by the recount', async () => {
    const domain = domainAt('2026-03-03T10:10:00Z');
    const { referral } = await clicked(domain);
    const { code } = referral;
    await openHour(domain, code, '2026-03-03T10');
    pass(domain, 2 * HOUR);
    await closeHour(domain, code, '2026-03-03T10');
    await domain.table.client.send(
      new PutCommand({
        TableName: domain.table.name,
        Item: {
          pk: `REFERRAL#${code}`,
          sk: 'HOUR#2026-03-03T10',
          hour: '2026-03-03T10',
          quarters: [{ quarter: 0, clicks: 5 }],
        },
      }),
    );
    expect(await recount(domain, referral)).toEqual([
      { code, hour: '2026-03-03T10', expected: oneClick, found: { ...noCounts, clicks: 5 } },
      { code, hour: undefined, expected: { ...noCounts, clicks: 5 }, found: oneClick },
    ]);
  });
});

test('a total is right after many hours of one referral are closed at once', async () => {
  const domain = domainAt('2026-03-04T10:10:00Z');
  const { referral } = await clicked(domain);
  const hours = Array.from({ length: 8 }, (_, hour) => `2026-03-04T${10 + hour}`);
  for (const hour of hours) {
    await respond(domain, referral);
    await openHour(domain, referral.code, hour);
    pass(domain, HOUR);
  }
  pass(domain, HOUR);
  const closed = await Promise.all(hours.map((hour) => closeHour(domain, referral.code, hour)));
  expect(closed).toEqual(hours.map(() => true));
  expect((await domain.store.readTotal(referral.code)).counts.clicks).toBe(9);
  expect(await recount(domain, referral)).toEqual([]);
});

test('a referral keeps fifty action names of pages and fifty of the backend apart, and counts the rest as OTHER', async () => {
  const domain = domainAt('2026-03-05T10:10:00Z');
  const { referral } = await clicked(domain);
  const record = async (action: string) => {
    for (const trusted of [true, false]) {
      const name = trusted ? action.toLowerCase() : action;
      await respond(domain, referral, { action: name, first: false, trusted });
    }
  };
  for (let name = 0; name < 60; name++) {
    await record(`A${name + 10}`);
    // The names lie in two quarters of an hour. Each quarter alone does not have too many.
    if (name === 29) pass(domain, 15 * MINUTE);
  }
  await openHour(domain, referral.code, '2026-03-05T10');
  pass(domain, HOUR);
  await closeHour(domain, referral.code, '2026-03-05T10');
  for (const action of ['NEW', 'A10', 'A69']) await record(action);
  const expected = (letter: string) =>
    new Map([
      ...Array.from({ length: 50 }, (_, name): [string, number] => [`${letter}${name + 10}`, 1]),
      [`${letter}10`, 2],
      ['OTHER', 12],
    ]);
  const actions = { trustedActions: expected('a'), pageActions: expected('A') };
  expect(await countsOf(domain, referral)).toMatchObject(actions);
  const day = { from: Date.parse('2026-03-05T10:00:00Z'), to: Date.parse('2026-03-05T12:00:00Z') };
  const stats = await referralStats(domain, referral, { ...day, interval: 'day', timeZone: 'UTC' });
  expect(stats.totals).toMatchObject(actions);
  await openHour(domain, referral.code, '2026-03-05T11');
  pass(domain, HOUR);
  await closeHour(domain, referral.code, '2026-03-05T11');
  expect(await countsOf(domain, referral)).toMatchObject(actions);
  expect(await recount(domain, referral)).toEqual([]);
});
