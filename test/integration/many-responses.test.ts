import { BatchWriteCommand, DeleteCommand } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { expect, inject, test } from 'vitest';
import { closeDueHours, closeHour } from '../../functions/core/closing.ts';
import { countReferral } from '../../functions/core/counting.ts';
import { createReferral } from '../../functions/core/create-referral.ts';
import { changeFollower, type FollowedLinks } from '../../functions/core/events.ts';
import { hourAt, LONGEST_OPEN } from '../../functions/core/hours.ts';
import { openHour, REST, reopenHour } from '../../functions/core/marks.ts';
import { recount } from '../../functions/core/recount.ts';
import type { Referral } from '../../functions/core/referral.ts';
import type { Response } from '../../functions/core/response.ts';
import { referralStats } from '../../functions/core/stats.ts';
import { responseItem } from '../../functions/store/responses.ts';
import { type Domain, domainOn, newClick, newUserId, ownTable } from './domain.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TEN = '2026-03-01T10';
const NINE = '2026-03-01T09';

/** A link of nine o'clock, on a table of its own. */
async function newLink(): Promise<{ domain: Domain; referral: Referral }> {
  const domain = domainOn(await ownTable(inject('outputs')));
  setTime(domain, '09:50');
  const created = await createReferral(domain, { userId: newUserId(), redirectTo: '/' });
  return { domain, referral: created.referral };
}

function setTime({ clock }: Domain, time: string): void {
  clock.now = new Date(`2026-03-01T${time}:00Z`);
}

/** First clicks from a time on, evenly within some minutes. Every tenth is by a visitor of the minutes before. */
function clicks(
  domain: Domain,
  { code }: Referral,
  [time, minutes]: [string, number],
  count: number,
): Response[] {
  const start = Date.parse(`2026-03-01T${time}:00Z`);
  return Array.from({ length: count }, (_, n) => {
    const at = new Date(start + Math.floor((n * minutes * MINUTE) / count));
    const visitor = n % 10 === 0 ? n : `${time} ${n}`;
    const hash = `${visitor}`.replaceAll(' ', '-');
    return { ...newClick(domain, code, at), fingerprint: hash, ipHash: hash };
  });
}

/** Stores many responses quickly. */
async function store({ table }: Domain, responses: readonly Response[], referral: Referral) {
  const batches = Array.from({ length: Math.ceil(responses.length / 25) }, (_, n) =>
    responses.slice(n * 25, n * 25 + 25),
  );
  await pMap(
    batches,
    (batch) =>
      table.client.send(
        new BatchWriteCommand({
          RequestItems: {
            [table.name]: batch.map((response) => ({
              PutRequest: { Item: responseItem(response, referral, table) },
            })),
          },
        }),
      ),
    { concurrency: 4 },
  );
}

/** What an answer has. */
async function read(domain: Domain, referral: Referral) {
  const { clicks, uniqueVisitors, countedUntil } = await countReferral(domain, referral);
  return [clicks, uniqueVisitors, new Date(countedUntil).toISOString().slice(11, 16)];
}

test('an hour with very many responses is counted while it runs, and each visitor once', async () => {
  const { domain, referral } = await newLink();
  await store(domain, clicks(domain, referral, ['10:00', 10], 1_500), referral);
  setTime(domain, '10:15');
  await openHour(domain, referral.code, NINE);
  await openHour(domain, referral.code, TEN, domain.now().getTime() - 1);
  expect(await closeDueHours(domain, () => true)).toEqual({ closed: 1, late: 10 * MINUTE });
  expect(await read(domain, referral)).toEqual([1_500, 1_500, '10:10']);

  // The first 30 and every tenth of the others are visitors of the minutes before.
  await store(domain, clicks(domain, referral, ['10:20', 10], 300), referral);
  setTime(domain, '10:33');
  expect(await read(domain, referral)).toEqual([1_500, 1_500, '10:10']);
  await closeDueHours(domain, () => true);
  expect(await read(domain, referral)).toEqual([1_740, 1_716, '10:28']);
  setTime(domain, '11:05');
  expect(await closeDueHours(domain, () => true)).toEqual({ closed: 1, late: 31 * MINUTE });
  expect(await read(domain, referral)).toEqual([1_800, 1_770, '11:05']);
  expect(await domain.store.openHours(referral.code)).toEqual([]);
  expect(await recount(domain, referral)).toEqual([]);
});

test('an hour that the consumer takes for viral is counted while it runs, however it goes on', async () => {
  const { domain, referral } = await newLink();
  const { code } = referral;
  await openHour(domain, code, NINE);
  const responses = clicks(domain, referral, ['10:00', 2], 500);
  await store(domain, responses, referral);
  setTime(domain, '10:03');
  const followed = changeFollower({ ...domain, publish: async () => {} }, new Map());
  for (const response of responses) {
    const writtenAt = Date.parse(response.createdAt);
    await followed({ type: 'response-recorded', response, writtenAt });
  }
  setTime(domain, '10:09');
  await closeDueHours(domain, () => true);
  expect(await read(domain, referral)).toEqual([500, 500, '10:04']);
});

test('a count that is cut off goes on where it stopped, and starts over after a late response', async () => {
  const { domain, referral } = await newLink();
  const { code } = referral;
  await store(domain, clicks(domain, referral, ['10:00', 50], 100), referral);
  setTime(domain, '11:10');
  await openHour(domain, code, NINE);
  await closeHour(domain, code, NINE);
  await openHour(domain, code, TEN);
  const { responsesBetween } = domain.store;
  const reads: number[] = [];
  const few: typeof domain.store = {
    ...domain.store,
    responsesBetween: (of, from, to) => {
      reads.push(from);
      return responsesBetween(of, from, to, 10);
    },
  };
  const closeFor = (slices: number) => {
    let left = slices;
    return closeHour({ ...domain, store: few }, code, TEN, () => left-- > 0);
  };
  expect(await closeFor(3)).toBe(false);
  const [first, , third = 0] = reads;
  expect(await closeFor(2)).toBe(false);
  expect(reads[3]).toBeGreaterThan(third);
  expect((await read(domain, referral))[0]).toBe(reads.length * 9);

  await store(domain, clicks(domain, referral, ['10:01', 1], 1), referral);
  await reopenHour(domain, code, TEN);
  expect((await read(domain, referral)).slice(0, 2)).toEqual([101, 100]);
  setTime(domain, '11:15');
  expect(await closeFor(100)).toBe(true);
  expect(reads[5]).toBe(first);
  expect((await read(domain, referral)).slice(0, 2)).toEqual([101, 100]);
  expect(await recount(domain, referral)).toEqual([]);
});

test('an answer counts some thousand open responses, and says up to when', async () => {
  const { domain, referral } = await newLink();
  const responses = clicks(domain, referral, ['10:00', 20], 6_000);
  await store(domain, responses, referral);
  setTime(domain, '10:25');
  const { clicks: counted, countedUntil } = await countReferral(domain, referral);
  expect(counted).toBeGreaterThan(4_900);
  expect(counted).toBe(
    responses.filter(({ createdAt }) => Date.parse(createdAt) < countedUntil).length,
  );
  const { totals, ...stats } = await referralStats(domain, referral, {
    from: Date.parse('2026-03-01T10:00:00Z'),
    to: Date.parse('2026-03-01T11:00:00Z'),
    interval: 'hour',
    timeZone: 'UTC',
  });
  expect([totals.clicks, stats.countedUntil]).toEqual([counted, countedUntil]);
});

test('a quiet link is marked once, and closed after a week with all its hours in one item', async () => {
  const { domain, referral } = await newLink();
  const { code } = referral;
  const links: FollowedLinks = new Map();
  const followed = changeFollower({ ...domain, publish: async () => {} }, links);
  for (let day = 0; day < 7; day++) {
    const at = domain.now();
    const [response] = clicks(domain, referral, [at.toISOString().slice(11, 16), 1], 1);
    const today = {
      ...(response as Response),
      id: domain.newId(at),
      fingerprint: `${day}`,
      ipHash: `${day}`,
    };
    await domain.store.putResponse(today, referral);
    await followed({ type: 'response-recorded', response: today, writtenAt: at.getTime() });
    expect((await countReferral(domain, referral)).clicks).toBe(day + 1);
    domain.clock.now = new Date(at.getTime() + DAY);
  }
  const end = hourAt(Date.parse('2026-03-01T09:50:00Z') + LONGEST_OPEN);
  expect(await domain.store.openHours(code)).toEqual([end]);
  expect(await closeDueHours(domain, () => true)).toEqual({ closed: 0, late: 0 });
  domain.clock.now = new Date(domain.now().getTime() + HOUR + REST);
  expect((await closeDueHours(domain, () => true)).closed).toBe(1);
  const items = await domain.store.closedHours(code, 0, domain.now().getTime());
  expect(items.map(({ hour, quarters }) => [hour, quarters.size])).toEqual([[end, 7]]);
  const { series } = await referralStats(domain, referral, {
    from: Date.parse('2026-03-01T00:00:00Z'),
    to: Date.parse('2026-03-09T00:00:00Z'),
    interval: 'day',
    timeZone: 'UTC',
  });
  expect(series.map(({ counts }) => counts.clicks)).toEqual([1, 1, 1, 1, 1, 1, 1, 0]);
  expect(await recount(domain, referral)).toEqual([]);
});

test('a busy link is marked for the end of the hour, a viral one at once', async () => {
  const { domain, referral } = await newLink();
  const { code } = referral;
  const followed = changeFollower({ ...domain, publish: async () => {} }, new Map());
  const follow = async (count: number) => {
    for (const response of clicks(domain, referral, ['10:00', 1], count)) {
      await followed({
        type: 'response-recorded',
        response,
        writtenAt: Date.parse(response.createdAt),
      });
    }
  };
  const marks = async () =>
    (await domain.store.readCounts(code)).marks.map(({ hour, due }) => [hour, due.slice(0, 16)]);
  setTime(domain, '10:10');
  await follow(24);
  expect(await marks()).toEqual([['2026-03-08T10', '2026-03-08T11:05']]);
  await follow(1);
  expect(await marks()).toEqual([
    [TEN, '2026-03-01T11:05'],
    ['2026-03-08T10', '2026-03-08T11:05'],
  ]);
  await follow(475);
  expect(await marks()).toEqual([
    [TEN, '2026-03-01T10:15'],
    ['2026-03-08T10', '2026-03-08T11:05'],
  ]);
});

test('a count whose visitors have expired starts over, and is closed', async () => {
  const { domain, referral } = await newLink();
  const { code } = referral;
  await store(domain, clicks(domain, referral, ['10:00', 50], 20), referral);
  setTime(domain, '11:10');
  await openHour(domain, code, NINE);
  await closeHour(domain, code, NINE);
  await openHour(domain, code, TEN);
  const { responsesBetween, readVisitors } = domain.store;
  const few: typeof domain.store = {
    ...domain.store,
    responsesBetween: (of, from, to) => responsesBetween(of, from, to, 5),
  };
  const closeFor = (slices: number) => {
    let left = slices;
    return closeHour({ ...domain, store: few }, code, TEN, () => left-- > 0);
  };
  expect(await closeFor(4)).toBe(false);
  const [part] = (await domain.store.readCounts(code)).marks[0]?.progress?.visitors ?? [];
  const visitors = await Array.fromAsync(readVisitors(part ? [part] : []));
  expect(visitors.length).toBeGreaterThan(0);
  const Key = { pk: `COUNTED#${part?.id}#0`, sk: 'VISITORS' };
  await domain.table.client.send(new DeleteCommand({ TableName: domain.table.name, Key }));

  // Each run has less time than all runs before had together.
  let runs = 1;
  while (runs < 10 && !(await closeFor(3))) runs += 1;
  expect(runs).toBeLessThan(10);
  expect((await read(domain, referral)).slice(0, 2)).toEqual([20, 20]);
  expect(await recount(domain, referral)).toEqual([]);
});

test('late responses of different weeks are counted once each, whichever is closed first', async () => {
  const { domain, referral } = await newLink();
  const { code } = referral;
  const hours: string[] = [];
  for (const day of [0, 11]) {
    const at = new Date(Date.parse('2026-03-01T10:10:00Z') + day * DAY);
    const [response] = clicks(domain, referral, ['10:10', 1], 1) as [Response];
    const { fingerprint, ipHash, ...late } = response;
    await domain.store.putResponse({ ...late, id: domain.newId(at) }, referral);
    hours.push(hourAt(at.getTime()));
  }
  const [older, newer] = hours as [string, string];
  domain.clock.now = new Date('2026-03-14T10:00:00Z');
  for (const hour of hours) await reopenHour(domain, code, hour);
  domain.clock.now = new Date('2026-03-14T10:05:00Z');
  expect(await closeHour(domain, code, newer)).toBe(true);
  expect((await countReferral(domain, referral)).clicks).toBe(2);
  expect(await closeHour(domain, code, older)).toBe(true);
  expect((await countReferral(domain, referral)).clicks).toBe(2);
  expect(await recount(domain, referral)).toEqual([]);
});

test('a response from a clock that is far ahead is marked once', async () => {
  const { domain, referral } = await newLink();
  const links: FollowedLinks = new Map();
  const followed = changeFollower({ ...domain, publish: async () => {} }, links);
  const [response] = clicks(domain, referral, ['10:00', 1], 1) as [Response];
  domain.clock.now = new Date(Date.parse(response.createdAt) - 30 * DAY);
  const writtenAt = domain.now().getTime();
  await followed({ type: 'response-recorded', response, writtenAt });
  await followed({ type: 'response-recorded', response, writtenAt });
  expect(await domain.store.openHours(referral.code)).toEqual(['2026-03-08T10']);
});
