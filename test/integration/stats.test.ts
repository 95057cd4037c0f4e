import { beforeAll, describe, expect, inject, test } from 'vitest';
import { closeHour } from '../../functions/core/closing.ts';
import { hourAt } from '../../functions/core/hours.ts';
import { openHour } from '../../functions/core/marks.ts';
import { recount } from '../../functions/core/recount.ts';
import { call, click, createReferral, signUp, type User } from './client.ts';
import { domainOn } from './domain.ts';
import { TIME } from './time.ts';

const outputs = inject('outputs');
let user: User;
let code: string;

beforeAll(async () => {
  user = await signUp(outputs);
  code = await createReferral(outputs, user);
});

const stats = (query = '') =>
  call(outputs, `GET /referrals/${code}/stats${query}`, { token: user.token });

/** Has the app's backend record a purchase. */
const purchased = (session: string) =>
  call(outputs, 'POST /2015-03-31/functions/record-backend-action/invocations', {
    body: { session, action: 'PURCHASED' },
  });

const nothing = {
  clicks: 0,
  uniqueVisitors: 0,
  suspicious: 0,
  bots: 0,
  prefetches: 0,
  ownClicks: 0,
  actions: {},
  trustedActions: {},
};

describe('GET /referrals/{code}/stats', () => {
  test('counts new responses of every kind', async () => {
    const { session } = await click(outputs, code);
    await click(outputs, code, session);
    await call(outputs, `HEAD /r/${code}`);
    await call(outputs, `GET /r/${code}`, { headers: { 'user-agent': 'Googlebot/2.1' } });
    await call(outputs, 'POST /actions', { session, body: { action: 'BOUGHT' } });
    const { status, headers, body } = await stats('?interval=hour');
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    const counts = {
      clicks: 2,
      uniqueVisitors: 1,
      suspicious: 0,
      bots: 1,
      prefetches: 1,
      ownClicks: 0,
      actions: { BOUGHT: 1 },
      trustedActions: {},
    };
    expect(body).toEqual({
      from: expect.stringMatching(/:(00|15|30|45):00.000Z$/),
      to: expect.stringMatching(/:(00|15|30|45):00.000Z$/),
      interval: 'hour',
      timeZone: 'UTC',
      totals: counts,
      series: expect.any(Array),
      countedUntil: TIME,
    });
    // A new hour may just have begun.
    const all = body.series.map(({ clicks }: { clicks: number }) => clicks);
    expect([all.length < 3, all.reduce((a: number, b: number) => a + b)]).toEqual([true, 2]);
  });

  test('counts actions of pages apart from actions of the backend', async () => {
    const other = await createReferral(outputs, user, { redirectTo: '/trust' });
    const { session } = await click(outputs, other);
    await call(outputs, 'POST /actions', { session, body: { action: 'PURCHASED' } });
    await purchased(session);
    await signUp(outputs, session);
    const path = `GET /referrals/${other}/stats`;
    expect((await call(outputs, path, { token: user.token })).body.totals).toMatchObject({
      actions: { PURCHASED: 2, SIGNED_UP: 1 },
      trustedActions: { PURCHASED: 1, SIGNED_UP: 1 },
    });
  });

  test('55 invented action names on a link do not displace the real PURCHASED, even after hours are closed', async () => {
    const other = await createReferral(outputs, user, { redirectTo: '/invented' });
    const { session } = await click(outputs, other);
    for (let name = 0; name < 55; name++) {
      const body = { action: `INVENTED_${name + 10}` };
      await call(outputs, 'POST /actions', { session, body });
    }
    const totals = async () => {
      const path = `GET /referrals/${other}/stats`;
      return (await call(outputs, path, { token: user.token })).body.totals;
    };
    // Closes the hours of the responses, as the schedule does after they end.
    const closeHours = async () => {
      const domain = domainOn(outputs);
      const hours = new Set([-60_000, 0].map((ago) => hourAt(Date.now() + ago)));
      domain.clock.now = new Date(Date.now() + 3 * 3_600_000);
      for (const hour of hours) await openHour(domain, other, hour);
      domain.clock.now = new Date(domain.clock.now.getTime() + 600_000);
      for (const hour of hours) expect(await closeHour(domain, other, hour)).toBe(true);
      const referral = await domain.store.findReferral(other);
      expect(referral && (await recount(domain, referral))).toEqual([]);
    };
    await closeHours();
    const invented = (await totals()).actions;
    expect([Object.keys(invented).length, invented.OTHER]).toEqual([51, 5]);
    await purchased(session);
    await closeHours();
    const counted = await totals();
    expect(counted.actions).toEqual({ ...invented, PURCHASED: 1 });
    expect(counted.trustedActions).toEqual({ PURCHASED: 1 });
  });

  test('counts by day, from the creation to now, by default', async () => {
    const other = await createReferral(outputs, user, { redirectTo: '/other' });
    const { body } = await call(outputs, `GET /referrals/${other}/stats`, { token: user.token });
    expect(body).toMatchObject({ interval: 'day', timeZone: 'UTC', totals: nothing });
    expect(body.series.at(0)).toEqual({
      start: `${new Date().toISOString().slice(0, 10)}T00:00:00.000Z`,
      ...nothing,
    });
  });

  test('takes dates, which begin at midnight of the time zone', async () => {
    const { body } = await stats('?from=2026-01-01&to=2026-01-03&tz=Asia/Kolkata');
    expect(body).toEqual({
      from: '2025-12-31T18:30:00.000Z',
      to: '2026-01-02T18:30:00.000Z',
      interval: 'day',
      timeZone: 'Asia/Kolkata',
      totals: nothing,
      series: [
        { start: '2025-12-31T18:30:00.000Z', ...nothing },
        { start: '2026-01-01T18:30:00.000Z', ...nothing },
      ],
      countedUntil: TIME,
    });
  });

  test('is for the owner only', async () => {
    const stranger = await signUp(outputs);
    const path = `GET /referrals/${code}/stats`;
    expect((await call(outputs, path, { token: stranger.token })).status).toBe(404);
    expect((await call(outputs, path)).status).toBe(401);
  });

  test.each([
    ['?from=2026-02-02&to=2026-02-01', 'from', 'from must be before to.'],
    ['?from=2026-02-01&to=2026-02-01', 'from', 'from must be before to.'],
    ['?to=2020-01-01', 'to', 'to must be after the referral was created.'],
    [
      '?from=2025-01-01&to=2026-02-06&interval=hour',
      'from',
      'from must be at most 400 days before to, if interval is hour.',
    ],
    [
      '?from=1999-01-01&to=2026-02-06&interval=day',
      'from',
      'from must be at most 9600 days before to, if interval is day.',
    ],
    ['?tz=Mars/Olympus', 'tz', 'tz must be a time zone such as Europe/Berlin.'],
    ['?tz=%2B05:30', 'tz', 'tz must be a time zone such as Europe/Berlin.'],
    ['?tz=2026-01-01T00:00[Europe/Berlin]', 'tz', 'tz must be a time zone such as Europe/Berlin.'],
    ['?tz=', 'tz', 'tz must be a time zone such as Europe/Berlin.'],
    ['?interval=week', 'interval', 'interval must be one of hour, day, month.'],
    ['?interval=toString', 'interval', 'interval must be one of hour, day, month.'],
    ...['yesterday', '2026-02-30', '2026-01-01T00:00:00', '-271821-04-20', '1e99', ''].map(
      (time) => [
        `?from=${time}`,
        'from',
        'from must be a time such as 2026-01-31T12:00:00Z, or a date such as 2026-01-31.',
      ],
    ),
  ])('%s is refused', async (query = '', field = '', detail = '') => {
    const { status, body } = await stats(query);
    expect([status, body]).toEqual([
      400,
      {
        type: 'about:blank',
        title: 'Bad Request',
        status: 400,
        code: 'invalid_query',
        detail,
        field,
      },
    ]);
  });

  test('400 days by hour are not too long', async () => {
    const { status, body } = await stats('?from=2025-01-01&to=2026-02-05&interval=hour');
    expect([status, body.series.length]).toEqual([200, 9600]);
  });
});
