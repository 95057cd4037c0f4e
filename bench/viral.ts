import { randomBytes } from 'node:crypto';
import { closeDueHours, closeHour } from '../functions/core/closing.ts';
import { countReferral } from '../functions/core/counting.ts';
import { endOf, hourAt, openSince, startOf } from '../functions/core/hours.ts';
import { openHour, REST } from '../functions/core/marks.ts';
import type { Referral } from '../functions/core/referral.ts';
import { responsePartitions } from '../functions/store/keys.ts';
import { closeHours } from '../functions/triggers.ts';
import type { Benchmark } from './benchmark.ts';
import type { Services } from './database.ts';
import { referralItem, startWith } from './import-items.ts';
import { clickItem, newClick, newReferral } from './scene.ts';
import type { Row } from './table.ts';

const MINUTE = 60_000;
const PER_SECOND = 2_000;

/** Index partitions of the link: so many clicks need three. */
const BUCKETS = 4;

/** Milliseconds between two runs of the schedule. */
const BETWEEN = closeHours.everyMinutes * MINUTE;

/** Milliseconds of a run. */
const RUN = closeHours.timeout * 1_000;

/** Reading and closing a link that gets 2,000 clicks a second. */
export const viral: Benchmark = {
  title: 'Viral link',

  run: async ({ builds, quick, directory }) => {
    // Clicks of the time between two runs, made beforehand: no machine takes them as fast.
    const clicks = (PER_SECOND * BETWEEN) / 1_000 / (quick ? 10 : 1);
    const end = startOf(hourAt(Date.now())) - 10 * MINUTE;
    const referral = { ...newReferral('owner', new Date(end - BETWEEN)), buckets: BUCKETS };
    console.log(`  Making ${clicks} clicks …`);
    const wide = { ...newReferral('owner', new Date()), buckets: 256, resizedAt: Date.now() };
    const database = await startWith(directory, items([referral, wide], end - BETWEEN, clicks));
    const table = [
      ...(await measure(database.services, referral, end, clicks)),
      row(
        'queries of a read, a day after the link had 256 partitions',
        await queriesAfterADay(database.services, wide),
      ),
    ];
    await database.stop();
    return builds.map(() => ({ viral: table }));
  },
};

/** Some links, and clicks on the first. */
function* items(referrals: readonly [Referral, Referral], start: number, clicks: number) {
  const [referral] = referrals;
  yield* referrals.map(referralItem);
  for (let click = 0; click < clicks; click++) {
    const response = newClick(referral, new Date(start + (click * BETWEEN) / clicks));
    const visitor = randomBytes(6).toString('base64url');
    yield clickItem({ ...response, fingerprint: visitor, ipHash: visitor }, referral);
  }
}

async function measure(
  services: Services,
  referral: Referral,
  end: number,
  clicks: number,
): Promise<Row[]> {
  const at = (time: number): Services => ({ ...services, now: () => new Date(time) });
  const { code } = referral;
  const hour = hourAt(end - 1);
  const before = hourAt(startOf(hour) - 1);
  await openHour(services, code, before);
  await closeHour(at(end), code, before);
  await openHour(services, code, hour, end);

  const unread = await timed(() => countReferral(at(end), referral));
  const started = Date.now();
  const run = await timed(() =>
    closeHour(at(end + REST), code, hour, () => Date.now() - started < RUN),
  );
  const read = await timed(() => countReferral(at(end + REST), referral));
  if (read.result.clicks !== clicks) throw new Error(`${read.result.clicks} clicks are counted.`);
  const closing = await timed(() => closeHour(at(endOf(hour) + REST), code, hour));
  if (!closing.result) throw new Error('The hour is not closed.');
  const rows = {
    'counts, before any click of the hour is counted, ms': unread.milliseconds,
    'counts, while they are counted step by step, ms': read.milliseconds,
    'clicks counted a second': clicks / (run.milliseconds / 1_000),
    'the run that counts the clicks of five minutes, s':
      ((PER_SECOND * BETWEEN) / clicks) * (run.milliseconds / 1_000_000),
    'the run that closes the hour then, s': closing.milliseconds / 1_000,
    // Just before the next run ends.
    'age of `countedUntil` at most, minutes': (REST + BETWEEN + run.milliseconds) / MINUTE,
  };
  return Object.entries(rows).map(([name, value]) => row(name, value));
}

const row = (name: string, measured: number): Row => ({ name, figures: { measured } });

/** Lets a day pass for a link that had 256 partitions. */
async function queriesAfterADay(services: Services, { code }: Referral): Promise<number> {
  let now = Date.now();
  await openHour(services, code, hourAt(now));
  for (let run = 0; run < 24; run++) {
    now += 60 * MINUTE;
    await closeDueHours({ ...services, now: () => new Date(now) }, () => true);
  }
  const { referral, total } = await services.store.readCounts(code);
  // One for what is stored of the counts, and one for each partition with open responses.
  return 1 + (referral ? responsePartitions(referral, openSince(total)).length : Number.NaN);
}

async function timed<Result>(work: () => Promise<Result>) {
  const start = performance.now();
  const result = await work();
  return { result, milliseconds: performance.now() - start };
}
