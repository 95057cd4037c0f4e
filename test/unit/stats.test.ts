import { encodeTime } from 'ulid';
import { describe, expect, test } from 'vitest';
import { noCounts } from '../../functions/core/counts.ts';
import type { CountState } from '../../functions/core/hours.ts';
import type { Referral } from '../../functions/core/referral.ts';
import type { Services } from '../../functions/core/services.ts';
import { type Interval, referralStats } from '../../functions/core/stats.ts';

const referral = { code: 'code', buckets: 1 } as Referral;

const idAt = (time: string) => `${encodeTime(Date.parse(time), 10)}0000000000000000`;

/** A store with clicks at these times and no closed hours. */
const clicksAt = (...times: string[]) =>
  ({
    store: {
      readCounts: async (): Promise<CountState> => ({
        referral,
        marks: [],
        total: { version: undefined, through: undefined, counts: noCounts },
      }),
      closedHours: async () => [],
      responsesBetween: async (_referral: Referral, from: number, to: number) => ({
        responses: times
          .filter((time) => Date.parse(time) >= from && Date.parse(time) < to)
          .map((time) => ({
            id: idAt(time),
            action: 'RESPONDED',
            kind: 'human',
            first: true,
            trusted: true,
          })),
        until: to,
      }),
    },
    now: () => new Date(),
  }) as unknown as Services;

/** The number of clicks in each interval, by its start. */
async function clicksBy(
  services: Services,
  [from, to]: [string, string],
  interval: Interval,
  timeZone: string,
) {
  const range = { from: Date.parse(from), to: Date.parse(to), interval, timeZone };
  const { series, totals } = await referralStats(services, referral, range);
  return {
    total: totals.clicks,
    series: series.map(({ start, counts }) => [new Date(start).toISOString(), counts.clicks]),
  };
}

describe('the series of stats', () => {
  test('has every interval, including empty ones', async () => {
    const services = clicksAt('2026-05-01T10:59:59.999Z', '2026-05-01T11:00:00Z');
    expect(
      await clicksBy(services, ['2026-05-01T09:30:00Z', '2026-05-01T12:15:00Z'], 'hour', 'UTC'),
    ).toEqual({
      total: 2,
      series: [
        ['2026-05-01T09:00:00.000Z', 0],
        ['2026-05-01T10:00:00.000Z', 1],
        ['2026-05-01T11:00:00.000Z', 1],
        ['2026-05-01T12:00:00.000Z', 0],
      ],
    });
  });

  test.each([
    // These zones differ from UTC by half an hour and by a quarter of an hour.
    ['Asia/Kolkata', '2026-05-01T18:29:59Z', '2026-05-01T18:30:00Z'],
    ['Asia/Kathmandu', '2026-05-01T18:14:59Z', '2026-05-01T18:15:00Z'],
    ['America/Los_Angeles', '2026-05-02T06:59:59Z', '2026-05-02T07:00:00Z'],
  ])('begins days at midnight in %s', async (timeZone, before, midnight) => {
    const services = clicksAt(before, midnight, midnight);
    const { series } = await clicksBy(
      services,
      ['2026-05-01T12:00:00Z', '2026-05-02T12:00:00Z'],
      'day',
      timeZone,
    );
    expect(series.map(([, clicks]) => clicks)).toEqual([1, 2]);
    expect(series[1]?.[0]).toBe(new Date(midnight).toISOString());
  });

  test('has days of 23 and 25 hours when clocks change', async () => {
    const range: [string, string] = ['2026-03-28T23:00:00Z', '2026-03-30T22:00:00Z'];
    expect(await clicksBy(clicksAt(), range, 'day', 'Europe/Berlin')).toEqual({
      total: 0,
      series: [
        ['2026-03-28T23:00:00.000Z', 0],
        ['2026-03-29T22:00:00.000Z', 0],
      ],
    });
    const autumn: [string, string] = ['2026-10-24T22:00:00Z', '2026-10-26T23:00:00Z'];
    const { series } = await clicksBy(clicksAt(), autumn, 'day', 'Europe/Berlin');
    expect(series.map(([start]) => start)).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
    const hours = await clicksBy(clicksAt(), autumn, 'hour', 'Europe/Berlin');
    expect(hours.series).toHaveLength(49);
  });

  test('gives each month its own length', async () => {
    const services = clicksAt('2028-02-29T22:59:59Z', '2028-02-29T23:00:00Z');
    const range: [string, string] = ['2028-01-15T00:00:00Z', '2028-03-31T22:00:00Z'];
    expect(await clicksBy(services, range, 'month', 'Europe/Berlin')).toEqual({
      total: 2,
      series: [
        ['2027-12-31T23:00:00.000Z', 0],
        ['2028-01-31T23:00:00.000Z', 1],
        ['2028-02-29T23:00:00.000Z', 1],
      ],
    });
  });

  test('of 400 days by the hour is computed quickly', async () => {
    const before = process.cpuUsage();
    const range: [string, string] = ['2026-01-01T00:00:00Z', '2027-02-05T00:00:00Z'];
    const { series } = await clicksBy(clicksAt(), range, 'hour', 'America/New_York');
    expect(series).toHaveLength(9600);
    // The time of this process, not of the machine, which may be busy.
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  });
});
