import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { recordAction } from '../../functions/core/action.ts';
import { closeDueHours } from '../../functions/core/closing.ts';
import { createReferral } from '../../functions/core/create-referral.ts';
import { isUnavailable } from '../../functions/core/errors.ts';
import { LONGEST_OPEN } from '../../functions/core/hours.ts';
import { linkSession } from '../../functions/core/link.ts';
import type { Referral } from '../../functions/core/referral.ts';
import { assertEvent } from '../integration/contract.ts';
import { newUserId } from '../integration/domain.ts';
import { startFastClock } from './fast-clock.ts';
import { killAtRandom } from './killer.ts';
import { readTable, violations } from './oracle.ts';
import { type Random, seededRandom } from './random.ts';
import { randomFates } from './random-fates.ts';
import { isLong, seed } from './seed.ts';
import { type Stage, startStage } from './stage.ts';
import { sendClick } from './visitor.ts';

/** Seconds. An hour of the fast clock takes six, so many hours end during the storm. */
const HOUR = 3_600_000;

const DURATION = isLong ? 400 : 40;
const FASTER = 600;
const VISITORS = 8;

const ODDS = {
  throttle: 0.05,
  error: 0.02,
  'error-after': 0.02,
  conflict: 0.02,
  cut: 0.02,
  'cut-after': 0.02,
  slow: 0.01,
  late: 0.01,
};

/** The observations of the visitors. */
interface Seen {
  readonly issued: Set<string>;
  readonly answered: Set<string>;
}

/** Clicks, acts and signs in at random until the storm is over. */
async function visit(
  stage: Stage,
  referrals: readonly Referral[],
  name: string,
  random: Random,
  seen: Seen,
  until: AbortSignal,
): Promise<void> {
  let session: string | undefined;
  for (let turn = 0; !until.aborted; turn++) {
    if (random.chance(0.2)) session = undefined;
    const { code } = random.pick(referrals);
    // A visitor without an answer clicks again. That is another click.
    for (let attempt = 0; !until.aborted; attempt++) {
      const referer = `https://example.com/${name}/${turn}/${attempt}`;
      seen.issued.add(referer);
      const answer = await sendClick(stage, code, referer, session);
      if (answer.status === 302) {
        seen.answered.add(referer);
        session = answer.session;
        break;
      }
      await delay(random.between(20, 100));
    }
    if (session !== undefined && random.chance(0.3)) await act(stage, session);
    if (session !== undefined && random.chance(0.1)) await signIn(stage, session);
    await delay(random.between(0, 50));
  }
}

const act = ({ domain }: Stage, session: string) =>
  recordAction(domain, {
    visitor: { session },
    action: 'BOUGHT',
    trusted: false,
    idempotencyKey: undefined,
  }).catch(ignoreUnavailable);

const signIn = ({ domain }: Stage, session: string) =>
  linkSession(domain, session, newUserId()).catch(ignoreUnavailable);

function ignoreUnavailable(error: unknown): void {
  if (!isUnavailable(error)) throw error;
}

test(`every answered click is stored once and counted once while everything fails and is killed (seed ${seed})`, async () => {
  const clock = startFastClock({ start: new Date('2026-03-01T10:40:00Z'), factor: FASTER });
  const stage = await startStage({ workers: ['api', 'clicks', 'hours', 'stream'], clock });
  const { domain, proxy, bus, database, workers } = stage;
  const referrals = await Promise.all(
    ['/a', '/b', '/c', '/d'].map(async (redirectTo) => {
      const created = await createReferral(domain, { userId: newUserId(), redirectTo });
      return created.referral;
    }),
  );
  const seen: Seen = { issued: new Set(), answered: new Set() };
  proxy.decide = randomFates(seed, ODDS);
  bus.decide = eventFates(seed);
  const killer = killAtRandom([database, ...workers], seed, { every: [200, 900] });
  const until = AbortSignal.timeout(DURATION * 1000);
  await Promise.all(
    Array.from({ length: VISITORS }, (_, visitor) =>
      visit(stage, referrals, `${visitor}`, seededRandom(seed + visitor), seen, until),
    ),
  );
  await killer.stop();
  // Checks that it was a storm: hours were closed, sessions were linked, and clicks were queued.
  const closed = await Promise.all(referrals.map(({ code }) => domain.store.readTotal(code)));
  expect(closed.filter(({ through }) => through === undefined)).toEqual([]);
  proxy.decide = () => 'pass';
  bus.decide = () => 'pass';

  // Then the rest of the work is done, and every hour of the storm is closed. A click that nobody waits for any more
  // may still be on its way.
  await expect.poll(proxy.pending, { timeout: 10_000 }).toBe(0);
  await expect.poll(() => stage.clicks.pending(), { timeout: 60_000, interval: 500 }).toBe(0);
  const published = () =>
    new Set(bus.events.map(({ detailType, detail }) => `${detailType} ${detail.id}`));
  await expect
    .poll(
      async () => {
        const { responses } = await readTable(domain);
        const all = published();
        return responses.filter(({ id }) => !all.has(`ResponseRecorded ${id}`)).length;
      },
      { timeout: 60_000, interval: 500 },
    )
    .toBe(0);
  const later = () => new Date(clock.fastNow() + LONGEST_OPEN + HOUR);
  await closeDueHours({ ...domain, now: later }, () => true);
  const open = await Promise.all(referrals.map(({ code }) => domain.store.openHours(code)));
  expect(open.flat()).toEqual([]);

  for (const { detailType, detail } of bus.events) assertEvent({ type: detailType, detail });
  expect(await violations(domain, { ...seen, published: published() })).toEqual([]);
  expect([database, ...workers].flatMap(({ crashes }) => crashes)).toEqual([]);
  const { responses } = await readTable(domain);
  const linked = responses.filter(({ userId, session }) => userId && session).length;
  expect(killer.kills()).toBeGreaterThan(DURATION / 2);
  expect(seen.answered.size).toBeGreaterThan(100);
  expect(linked).toBeGreaterThan(10);
  expect(stage.clicks.sent()).toBeGreaterThan(0);
  process.stdout.write(
    `  ${seen.issued.size} clicks sent, ${seen.answered.size} answered, ${killer.kills()} processes killed, ${linked} responses linked, ${stage.clicks.sent()} clicks queued.\n`,
  );
}, 600_000);

/** Draws the fates of calls to the event bus. */
function eventFates(from: number) {
  const random = seededRandom(from);
  return () => (random.chance(0.1) ? 'cut' : random.chance(0.1) ? 'cut-after' : 'pass');
}
