import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, inject, test } from 'vitest';
import { recordClick, storeClick } from '../../functions/core/click.ts';
import { closeHour } from '../../functions/core/closing.ts';
import { countReferral } from '../../functions/core/counting.ts';
import { createReferral as createIn } from '../../functions/core/create-referral.ts';
import { handOff, takeHandoff } from '../../functions/core/hand-off.ts';
import { hourAt } from '../../functions/core/hours.ts';
import { openHour } from '../../functions/core/marks.ts';
import { recount } from '../../functions/core/recount.ts';
import type { Response } from '../../functions/core/response.ts';
import { referralStats } from '../../functions/core/stats.ts';
import { readClick } from '../../functions/messages/queue-messages.ts';
import type { Outputs } from '../../local/outputs.ts';
import { BROWSER, CLIENT_IP, call, click, createReferral, signUp, type User } from './client.ts';
import { type Domain, domainOn, newUserId, ownTable } from './domain.ts';
import { startTestService } from './test-service.ts';

const shared = inject('outputs');
const HOUR = 3_600_000;

/** Visitors are counted by the hour, so a test waits for the next one if this one is about to end. */
async function hourWithTime(): Promise<void> {
  const left = HOUR - (Date.now() % HOUR);
  if (left < 20_000) await delay(left);
}

interface Link {
  readonly outputs: Outputs;
  readonly owner: User;
  readonly code: string;
}

async function newLink(outputs = shared): Promise<Link> {
  await hourWithTime();
  const owner = await signUp(outputs);
  return { outputs, owner, code: await createReferral(outputs, owner) };
}

/** Clicks as somebody who keeps no cookie. */
const clickFrom = ({ outputs, code }: Link, ip: string, userAgent = BROWSER) =>
  call(outputs, `GET /r/${code}`, { headers: { [CLIENT_IP]: ip, 'user-agent': userAgent } });

/** Clicks, unique visitors and suspicious ones, which are the same for the owner and in the stats. */
async function countsOf({ outputs, owner: { token }, code }: Link): Promise<number[]> {
  const shown = async (path: string) => (await call(outputs, `GET ${path}`, { token })).body;
  const numbers = ({ clicks, uniqueVisitors, suspicious }: Record<string, number>) =>
    [clicks, uniqueVisitors, suspicious] as number[];
  const counts = numbers(await shown(`/referrals/${code}`));
  const { totals, series } = await shown(`/referrals/${code}/stats?interval=hour`);
  expect(numbers(totals)).toEqual(counts);
  expect(numbers(series.at(-1))).toEqual(counts);
  return counts;
}

/** Closes the hour that is running, as if it were over. */
async function closeThisHour({ outputs, code }: Link): Promise<void> {
  const domain = domainOn(outputs);
  const hour = hourAt(Date.now());
  domain.clock.now = new Date(Date.now() + 2 * HOUR);
  await openHour(domain, code, hour);
  domain.clock.now = new Date(Date.now() + 3 * HOUR);
  expect(await closeHour(domain, code, hour)).toBe(true);
  const referral = await domain.store.findReferral(code);
  expect(referral && (await recount(domain, referral))).toEqual([]);
}

describe('over HTTP', () => {
  test('20 clicks by a program that keeps no cookie are one unique visitor', async () => {
    const link = await newLink();
    for (let n = 0; n < 20; n++) await clickFrom(link, '192.0.2.1');
    expect(await countsOf(link)).toEqual([20, 1, 0]);
    await clickFrom(link, '192.0.2.2');
    expect(await countsOf(link)).toEqual([21, 2, 0]);
  });

  test('of 25 user agents from one IP, 20 are unique visitors and 5 are suspicious', async () => {
    const link = await newLink();
    for (let n = 0; n < 25; n++) await clickFrom(link, '192.0.2.1', `${BROWSER} ${n}`);
    expect(await countsOf(link)).toEqual([25, 20, 5]);
    await closeThisHour(link);
    expect(await countsOf(link)).toEqual([25, 20, 5]);
  });

  test('a visitor with a cookie counts once, from wherever they click', async () => {
    const link = await newLink();
    const { session } = await click(link.outputs, link.code);
    await click(link.outputs, link.code, session);
    await click(link.outputs, link.code, session);
    await click(link.outputs, link.code);
    expect(await countsOf(link)).toEqual([4, 2, 0]);
  });

  test('linking a session to a user changes nothing', async () => {
    const link = await newLink();
    const { headers } = await clickFrom(link, '192.0.2.1');
    await clickFrom(link, '192.0.2.1');
    const session = /=([\w-]{32});/.exec(headers.get('set-cookie') ?? '')?.[1] ?? '';
    const { token } = await signUp(link.outputs);
    const { body } = await call(link.outputs, 'POST /session/link', { token, session });
    expect(body).toEqual({ linked: 1 });
    expect(await countsOf(link)).toEqual([2, 1, 0]);
    await closeThisHour(link);
    expect(await countsOf(link)).toEqual([2, 1, 0]);
  });

  test('no answer shows a fingerprint', async () => {
    const link = await newLink();
    await clickFrom(link, '192.0.2.1');
    const [row] = await rowsOf(link);
    expect([row?.fingerprint, row?.ipHash]).toEqual([
      expect.stringMatching(/^[\w-]{8}$/),
      expect.stringMatching(/^[\w-]{8}$/),
    ]);
    const { token } = link.owner;
    const { body } = await call(link.outputs, `GET /referrals/${link.code}/responses`, { token });
    expect(body.items).toHaveLength(1);
    expect(Object.keys(body.items[0])).not.toContain('fingerprint');
    expect(Object.keys(body.items[0])).not.toContain('ipHash');
  });

  test('ip none: nothing is made of an IP, and each first click counts', async () => {
    const variables = { DYNAMODB_ENDPOINT: shared.DynamoDBEndpoint, IP: 'none' };
    const service = await startTestService({ variables });
    const link = await newLink(service.outputs);
    await clickFrom(link, '192.0.2.1');
    await clickFrom(link, '192.0.2.1');
    expect(await countsOf(link)).toEqual([2, 2, 0]);
    for (const { fingerprint, ipHash } of await rowsOf(link)) {
      expect([fingerprint, ipHash]).toEqual([undefined, undefined]);
    }
    await service.stop();
  });
});

async function rowsOf({ outputs, code }: Link): Promise<readonly Response[]> {
  const domain = domainOn(outputs);
  const referral = await domain.store.findReferral(code);
  const { items } = await domain.store.listResponses(referral ? [referral] : [], { limit: 100 });
  return items;
}

describe('in time', () => {
  async function newReferralAt(time: string) {
    // A table of its own, where no service closes the hours meanwhile.
    const domain = domainOn(await ownTable(shared));
    domain.clock.now = new Date(time);
    const { referral } = await createIn(domain, { userId: newUserId(), redirectTo: '/' });
    const clickAt = (at: string, services: Domain = domain) => {
      domain.clock.now = new Date(at);
      return recordClick(services, {
        code: referral.code,
        method: 'GET',
        sessions: [],
        redirectTo: undefined,
        purpose: undefined,
        userAgent: BROWSER,
        clientIp: '192.0.2.1',
      });
    };
    const uniqueVisitors = async () => (await countReferral(domain, referral)).uniqueVisitors;
    return { domain, referral, clickAt, uniqueVisitors };
  }

  test('a visitor without a cookie counts again in the next hour, and on the next day', async () => {
    const { domain, referral, clickAt, uniqueVisitors } =
      await newReferralAt('2026-03-01T22:10:00Z');
    await clickAt('2026-03-01T22:10:00Z');
    await clickAt('2026-03-01T22:50:00Z');
    expect(await uniqueVisitors()).toBe(1);
    await clickAt('2026-03-01T23:00:00Z');
    await clickAt('2026-03-02T00:00:00Z');
    expect(await uniqueVisitors()).toBe(3);
    domain.clock.now = new Date('2026-03-02T04:00:00Z');
    for (const hour of ['2026-03-01T22', '2026-03-01T23', '2026-03-02T00']) {
      await openHour(domain, referral.code, hour);
      domain.clock.now = new Date(domain.clock.now.getTime() + 600_000);
      expect(await closeHour(domain, referral.code, hour)).toBe(true);
    }
    expect(await uniqueVisitors()).toBe(3);
  });

  test('stats from the middle of an hour do not count who was there before', async () => {
    const { domain, referral, clickAt } = await newReferralAt('2026-03-01T10:10:00Z');
    await clickAt('2026-03-01T10:10:00Z');
    await clickAt('2026-03-01T10:50:00Z');
    const visitors = async () => {
      const { totals } = await referralStats(domain, referral, {
        from: Date.parse('2026-03-01T10:30:00Z'),
        to: Date.parse('2026-03-01T11:00:00Z'),
        interval: 'hour',
        timeZone: 'UTC',
      });
      return [totals.clicks, totals.uniqueVisitors];
    };
    expect(await visitors()).toEqual([1, 0]);
    domain.clock.now = new Date('2026-03-01T12:00:00Z');
    await openHour(domain, referral.code, '2026-03-01T10');
    domain.clock.now = new Date('2026-03-01T12:10:00Z');
    expect(await closeHour(domain, referral.code, '2026-03-01T10')).toBe(true);
    expect(await visitors()).toEqual([1, 0]);
  });

  test('whoever asks again and again with somebody’s handoff is one visitor', async () => {
    const { domain, referral, clickAt, uniqueVisitors } =
      await newReferralAt('2026-03-01T10:10:00Z');
    const { session = '' } = await clickAt('2026-03-01T10:10:00Z');
    const handoff = (await handOff(domain, session, referral.code)) ?? '';
    const nobody = { session: undefined, userId: undefined, clientIp: '192.0.2.2' };
    for (let n = 0; n < 4; n++) await takeHandoff(domain, handoff, nobody, { userAgent: BROWSER });
    expect([(await countReferral(domain, referral)).clicks, await uniqueVisitors()]).toEqual([
      4, 2,
    ]);
  });

  test('a click keeps its fingerprint in the queue', async () => {
    const { domain, clickAt, uniqueVisitors } = await newReferralAt('2026-03-01T10:10:00Z');
    await clickAt('2026-03-01T10:10:00Z');
    const refuse = () => Promise.reject(new Error('The table is down.'));
    const { outcome } = await clickAt('2026-03-01T10:20:00Z', {
      ...domain,
      store: { ...domain.store, putResponse: refuse },
      queueClick: (pending) => storeClick(domain, readClick(JSON.stringify(pending))),
    });
    expect(outcome).toBe('queued');
    expect(await uniqueVisitors()).toBe(1);
  });

  test('without the key of the day, a click is stored without a fingerprint', async () => {
    const { domain, clickAt, uniqueVisitors } = await newReferralAt('2026-03-01T10:10:00Z');
    const ofDay = () => Promise.reject(new Error('The table is down.'));
    const keyless = { ...domain, keys: { ...domain.keys, ofDay } };
    await clickAt('2026-03-01T10:10:00Z', keyless);
    await clickAt('2026-03-01T10:20:00Z', keyless);
    expect(await uniqueVisitors()).toBe(2);
  });
});
