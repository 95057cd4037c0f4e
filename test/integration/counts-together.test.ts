import { expect, inject, onTestFinished, test } from 'vitest';
import { closeDueHours } from '../../functions/core/closing.ts';
import { countReferral, countReferrals } from '../../functions/core/counting.ts';
import { createReferral } from '../../functions/core/create-referral.ts';
import { hourAt } from '../../functions/core/hours.ts';
import { listReferrals } from '../../functions/core/lists.ts';
import { openHour, reopenHour } from '../../functions/core/marks.ts';
import type { Referral } from '../../functions/core/referral.ts';
import { startDynamoDBProxy } from '../dynamodb-proxy/proxy.ts';
import { type Domain, domainOn, newClick, newUserId, ownTable } from './domain.ts';

const HOUR = 3_600_000;

/** The domain on a table of its own behind a proxy that counts, and a user with twenty links. */
async function twentyLinks() {
  const outputs = await ownTable(inject('outputs'));
  const proxy = await startDynamoDBProxy(outputs.DynamoDBEndpoint);
  onTestFinished(proxy.stop);
  const domain = domainOn({ ...outputs, DynamoDBEndpoint: proxy.endpoint });
  domain.clock.now = new Date('2026-03-01T10:10:00Z');
  const userId = newUserId();
  const referrals: Referral[] = [];
  for (let n = 0; n < 20; n++) {
    const created = await createReferral(domain, { userId, redirectTo: `/${n}` });
    referrals.push(created.referral);
  }
  return { domain, proxy, userId, referrals };
}

const click = (domain: Domain, referral: Referral) =>
  domain.store.putResponse(newClick(domain, referral.code, domain.now()), referral);

const pass = ({ clock }: Domain, hours: number) => {
  clock.now = new Date(clock.now.getTime() + hours * HOUR);
};

test('a page of twenty links is counted in three calls', async () => {
  const { domain, proxy, userId, referrals } = await twentyLinks();
  for (const [n, referral] of referrals.entries()) {
    for (let clicks = 0; clicks < n; clicks++) await click(domain, referral);
  }
  proxy.operations.length = 0;
  const { items } = await listReferrals(domain, userId, { limit: 20 });
  expect(proxy.operations).toEqual(['Query', 'ExecuteStatement', 'ExecuteStatement']);
  expect(items.map(({ clicks }) => clicks)).toEqual(referrals.map((_, n) => n).toReversed());
});

test('links in every state have the same counts together as one by one', async () => {
  const { domain, referrals } = await twentyLinks();
  const [closed, busy, reopened, counting] = referrals as [Referral, Referral, Referral, Referral];
  for (const referral of referrals) await click(domain, referral);
  const hour = hourAt(domain.now().getTime());
  const before = domain.now();
  for (const { code } of [closed, busy, reopened]) await openHour(domain, code, hour);
  pass(domain, 9);
  await closeDueHours(domain, () => true);
  for (const referral of referrals) await click(domain, referral);
  await openHour(domain, busy.code, hourAt(domain.now().getTime()));
  const now = domain.now();
  domain.clock.now = before;
  await click(domain, reopened);
  domain.clock.now = now;
  await reopenHour(domain, reopened.code, hour);
  pass(domain, 1);
  // The hours of one are counted step by step.
  const { marks } = await domain.store.readCounts(busy.code);
  expect(marks).toHaveLength(1);
  await closeDueHours(domain, () => true);
  await openHour(domain, counting.code, hour);
  await closeDueHours(domain, () => true);
  await click(domain, counting);

  const together = await countReferrals(domain, referrals);
  const alone = await Promise.all(referrals.map((referral) => countReferral(domain, referral)));
  expect(together).toEqual(alone);
  expect(together.map(({ clicks }) => clicks)).toEqual([2, 2, 3, 3, ...Array(16).fill(2)]);
});

test('a page with more open responses than one answer counts is counted link by link', async () => {
  const { domain, referrals } = await twentyLinks();
  const { responsesSince } = domain.store;
  const asked: number[] = [];
  const store: typeof domain.store = {
    ...domain.store,
    responsesSince: (links, from) => responsesSince(links, from, 10),
    responsesBetween: (referral, from, to, limit) => {
      asked.push(limit);
      return domain.store.responsesBetween(referral, from, to, limit);
    },
  };
  for (const referral of referrals) await click(domain, referral);
  const counted = await countReferrals({ ...domain, store }, referrals);
  expect(counted.map(({ clicks }) => clicks)).toEqual(Array(20).fill(1));
  expect(asked).toEqual(Array(20).fill(250));
});
