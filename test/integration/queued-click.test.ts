import { expect, inject, test } from 'vitest';
import { type PendingClick, recordClick, storeClick } from '../../functions/core/click.ts';
import { createReferral } from '../../functions/core/create-referral.ts';
import { welcomeUser } from '../../functions/core/new-user.ts';
import { BROWSER } from './client.ts';
import { domainOn, newUserId } from './domain.ts';

const outputs = inject('outputs');

async function aLink() {
  const domain = domainOn(outputs);
  const { referral } = await createReferral(domain, { userId: newUserId(), redirectTo: '/' });
  const click = (...sessions: string[]) => ({
    code: referral.code,
    method: 'GET',
    sessions,
    redirectTo: undefined,
    purpose: undefined,
    userAgent: BROWSER,
  });
  /** Clicks while the table refuses to store clicks. Returns the queued click. */
  const queue = async (error: Error) => {
    const queued: PendingClick[] = [];
    const putResponse = () => Promise.reject(error);
    const redirect = await recordClick(
      {
        ...domain,
        store: { ...domain.store, putResponse },
        queueClick: async (pending) => void queued.push(pending),
      },
      click(),
    );
    return { redirect, queued };
  };
  return { domain, referral, click, queue };
}

test('a click that can’t be stored is queued with the data of its request, whatever the reason', async () => {
  const { queue, referral } = await aLink();
  const failure = new Error('The role may not.');
  const { redirect, queued } = await queue(failure);
  expect(redirect).toEqual({
    code: referral.code,
    location: referral.redirectTo,
    outcome: 'queued',
    failure,
    session: expect.any(String),
    canHandOff: true,
  });
  expect(queued).toEqual([
    {
      id: expect.any(String),
      code: referral.code,
      referrerId: referral.userId,
      action: 'RESPONDED',
      kind: 'human',
      first: true,
      trusted: true,
      via: 'link',
      session: redirect.session,
      userAgent: BROWSER,
      createdAt: expect.any(String),
    },
  ]);
});

test('a click that is stored after its session was linked becomes the user’s, with the credit of their sign-up', async () => {
  const { domain, referral, queue } = await aLink();
  const { redirect, queued } = await queue(new Error('The table is away.'));
  const { session = '' } = redirect;
  const userId = newUserId();
  domain.clock.now = new Date(domain.clock.now.getTime() + 1000);
  await welcomeUser(domain, { userId, attributes: {} }, { session });
  for (const pending of [...queued, ...queued]) await storeClick(domain, pending);
  const { items } = await domain.store.listResponses([referral], { limit: 3 });
  expect(items.map((item) => [item.action, item.userId])).toEqual([
    ['SIGNED_UP', userId],
    ['RESPONDED', userId],
  ]);
});

test('a new visitor who clicks again while their first click is queued counts once', async () => {
  const { domain, referral, click, queue } = await aLink();
  const { redirect, queued } = await queue(new Error('The table is away.'));
  await recordClick(domain, click(redirect.session ?? ''));
  for (const pending of queued) await storeClick(domain, pending);
  const { items } = await domain.store.listResponses([referral], { limit: 3, cursor: undefined });
  expect(items.map(({ kind, first }) => [kind, first])).toEqual([
    ['human', true],
    ['human', false],
  ]);
});
