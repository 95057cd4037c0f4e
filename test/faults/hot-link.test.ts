import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createReferral } from '../../functions/core/referral.ts';
import { countReferral } from '../../functions/core/report.ts';
import { capacity } from '../dynamodb-proxy/capacity.ts';
import { newUserId } from '../integration/domain.ts';
import { violations } from './oracle.ts';
import { startStage } from './stage.ts';
import { sendClick } from './visitor.ts';

// A partition takes 1,000 write units a second, and here so few that a small machine can send and answer
// twenty times as many, see
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
const PER_KEY = 20;
const SECONDS = 5;
/** Clicks that are sent at once, and how many times a second. */
const [AT_ONCE, TIMES] = [20, 20];

test('a link that is clicked twenty times as often as one partition takes loses no click', async () => {
  const stage = await startStage({ workers: ['api', 'clicks'] });
  const { domain, proxy } = stage;
  const { referral } = await createReferral(domain, { userId: newUserId(), redirectTo: '/' });
  await sendClick(stage, referral.code, 'https://example.com/first');
  proxy.decide = capacity({ perKey: PER_KEY, perTable: 4_000 });

  const referers: string[] = [];
  const clicks: ReturnType<typeof sendClick>[] = [];
  const read: number[] = [];
  for (let round = 0; round < SECONDS * TIMES; round++) {
    for (let click = 0; click < AT_ONCE; click++) {
      const referer = `https://example.com/${round}/${click}`;
      referers.push(referer);
      clicks.push(sendClick(stage, referral.code, referer));
    }
    if (round % TIMES === 0) {
      const current = (await domain.store.findReferral(referral.code)) ?? referral;
      read.push((await countReferral(domain, current)).clicks);
    }
    await delay(1000 / TIMES);
  }
  const answers = await Promise.all(clicks);
  expect(
    Map.groupBy(answers, ({ status }) => status)
      .keys()
      .toArray(),
  ).toEqual([302]);

  await expect.poll(() => stage.clicks.pending(), { timeout: 60_000 }).toBe(0);
  proxy.decide = () => 'pass';
  const grown = await domain.store.findReferral(referral.code);
  expect(grown?.buckets).toBeGreaterThanOrEqual(16);
  expect(await violations(domain, { answered: referers, issued: new Set(referers) })).toEqual([
    'The click https://example.com/first was never issued.',
  ]);
  // What was read while buckets grew never went back.
  expect(read).toEqual(read.toSorted((a, b) => a - b));
});
