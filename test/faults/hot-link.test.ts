import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { countReferral } from '../../functions/core/counting.ts';
import { createReferral } from '../../functions/core/create-referral.ts';
import { capacity } from '../dynamodb-proxy/capacity.ts';
import { newUserId } from '../integration/domain.ts';
import { violations } from './oracle.ts';
import { startStage } from './stage.ts';
import { sendClick } from './visitor.ts';

// A real partition takes 1,000 write units a second. Here it takes so few that any machine sends far more, see
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
const PER_KEY = 2;
/** Seconds. The partitions of the link double once in each. */
const DURATION = 10;
/** Number of visitors who click at once. Each clicks again as soon as they are redirected. */
const VISITORS = 64;

test('a link with twenty times the clicks that one partition takes loses none', async () => {
  const stage = await startStage({ workers: ['api', 'clicks'] });
  const { domain, proxy } = stage;
  const { referral } = await createReferral(domain, { userId: newUserId(), redirectTo: '/' });
  await sendClick(stage, referral.code, 'https://example.com/first');
  proxy.decide = capacity({ perKey: PER_KEY, perTable: 4_000 });

  const until = AbortSignal.timeout(DURATION * 1000);
  let sent = 0;
  const answered: string[] = [];
  const visit = async () => {
    while (!until.aborted) {
      const referer = `https://example.com/${sent++}`;
      expect((await sendClick(stage, referral.code, referer)).status).toBe(302);
      answered.push(referer);
    }
  };
  const read: number[] = [];
  const readAlong = async () => {
    while (!until.aborted) {
      const current = (await domain.store.findReferral(referral.code)) ?? referral;
      read.push((await countReferral(domain, current)).clicks);
      await delay(100);
    }
  };
  await Promise.all([readAlong(), ...Array.from({ length: VISITORS }, visit)]);
  const perSecond = answered.length / DURATION;
  expect(perSecond).toBeGreaterThan(20 * PER_KEY);

  await expect.poll(() => stage.clicks.pending(), { timeout: 60_000 }).toBe(0);
  proxy.decide = () => 'pass';
  const grown = await domain.store.findReferral(referral.code);
  expect(grown?.buckets).toBeGreaterThanOrEqual(16);
  expect(answered).toHaveLength(sent);
  expect(await violations(domain, { answered })).toEqual([]);
  // Counts that were read while the buckets grew never went down.
  expect(read.length).toBeGreaterThan(2);
  expect(read).toEqual(read.toSorted((a, b) => a - b));
  process.stdout.write(
    `  ${Math.round(perSecond)} clicks a second; a partition takes ${PER_KEY}; ${grown?.buckets} buckets.\n`,
  );
});
