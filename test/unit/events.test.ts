import { encodeTime } from 'ulid';
import { expect, test } from 'vitest';
import { type Change, changeFollower } from '../../functions/core/events.ts';
import type { Referral } from '../../functions/core/referral.ts';
import { RESPONDED, type Response, SIGNED_UP } from '../../functions/core/response.ts';
import type { publishedClicks } from '../../functions/core/settings.ts';

const at = new Date('2026-03-01T10:10:00Z');
const createdAt = at.toISOString();

const response = (name: string, details: Pick<Response, 'action' | 'kind'>): Response => ({
  id: `${encodeTime(at.getTime(), 10)}${name.padEnd(16, 'X')}`,
  code: 'code',
  first: false,
  trusted: true,
  session: 'session',
  createdAt,
  ...details,
});

const click = (kind: Response['kind']): Change => ({
  type: 'response-recorded',
  writtenAt: Date.parse(createdAt),
  response: response(kind.toUpperCase(), { action: RESPONDED, kind }),
});

const others: readonly Change[] = [
  {
    type: 'referral-created',
    referral: { id: 'link', code: 'code', redirectTo: '/', createdAt, buckets: 1 } as Referral,
  },
  {
    type: 'response-recorded',
    writtenAt: Date.parse(createdAt),
    response: response('SIGNED', { action: SIGNED_UP, kind: 'human' }),
  },
  {
    type: 'response-recorded',
    writtenAt: Date.parse(createdAt),
    response: response('ACTED', { action: 'PURCHASED', kind: 'human' }),
  },
  {
    type: 'response-linked',
    response: { ...response('LINKED', { action: RESPONDED, kind: 'human' }), userId: 'user' },
  },
];

/** Follows clicks of each kind and everything else. Returns the published clicks, and the number of the others. */
async function published(clicks: (typeof publishedClicks)[number]) {
  const seen: unknown[] = [];
  let marked = 0;
  const follow = changeFollower(
    {
      store: {
        openHours: async () => [],
        openHour: async () => {
          marked += 1;
        },
        reopenHour: async () => {},
      },
      settings: { retention: undefined, events: { clicks } },
      now: () => at,
      newId: () => 'version',
      publish: async ({ type, detail }) => {
        const isClick = type === 'ResponseRecorded' && detail.action === RESPONDED;
        seen.push(isClick ? detail.kind : 'other');
      },
    },
    new Map(),
  );
  const kinds = ['human', 'own', 'bot', 'prefetch'] as const;
  for (const change of [...kinds.map(click), ...others]) await follow(change);
  return {
    clicks: seen.filter((kind) => kind !== 'other'),
    others: seen.filter((kind) => kind === 'other').length,
    marked,
  };
}

test.each([
  ['all', ['human', 'own', 'bot', 'prefetch']],
  ['human', ['human']],
  ['none', []],
] as const)('events.clicks %s publishes clicks of these kinds: %j', async (setting, clicks) => {
  // Everything else is published, and the hour is marked, whatever the setting.
  expect(await published(setting)).toEqual({ clicks, others: others.length, marked: 1 });
});
