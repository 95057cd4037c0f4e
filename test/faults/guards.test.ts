import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { describe, expect, test } from 'vitest';
import { recordAction } from '../../functions/core/action.ts';
import { recordClick, storeClick } from '../../functions/core/click.ts';
import { closeDueHours, closeHour } from '../../functions/core/closing.ts';
import { countReferral } from '../../functions/core/counting.ts';
import { createReferral } from '../../functions/core/create-referral.ts';
import { editReferral } from '../../functions/core/edit-referral.ts';
import { handOff, takeHandoff } from '../../functions/core/hand-off.ts';
import { hourAt, hourOf, startOf } from '../../functions/core/hours.ts';
import { linkSession } from '../../functions/core/link.ts';
import { openHour, reopenHour } from '../../functions/core/marks.ts';
import { welcomeUser } from '../../functions/core/new-user.ts';
import type { Referral } from '../../functions/core/referral.ts';
import type { Response } from '../../functions/core/response.ts';
import type { Store } from '../../functions/core/store.ts';
import { type Fate, type Input, indexIsFull } from '../dynamodb-proxy/fates.ts';
import { laggingIndex } from '../dynamodb-proxy/lagging-index.ts';
import type { Rewrite } from '../dynamodb-proxy/proxy.ts';
import { withoutCondition } from '../dynamodb-proxy/without-condition.ts';
import { BROWSER } from '../integration/client.ts';
import { newUserId } from '../integration/domain.ts';
import { violations } from './oracle.ts';
import {
  click,
  closeAll,
  createWorld,
  HOUR,
  MINUTE,
  newClick,
  newReferral,
  pass,
  setTime,
  type World,
} from './world.ts';

/** A guard: the scenario that needs it, and how a test disables it without changing the code. */
interface Guard {
  readonly scenario: (world: World, takeOff: () => void) => Promise<string[] | undefined>;
  readonly takeOff: (world: World) => void;
  /** The violation that follows. */
  readonly breaks: RegExp;
}

const rewritingWith =
  (rewrite: Rewrite) =>
  ({ proxy }: World) => {
    proxy.rewrite = rewrite;
  };

const isOpenHour = ({ sk }: { sk: string }) => sk.startsWith('OPEN#');

/** The world with a store that runs something once after one of its methods. */
function withPause<Name extends keyof Store>(
  world: World,
  name: Name,
  meanwhile: () => Promise<unknown>,
): World {
  let paused = false;
  // biome-ignore lint/suspicious/noExplicitAny: any method of the store
  const method = world.store[name] as (...parameters: any[]) => Promise<unknown>;
  const pausing = async (...parameters: unknown[]) => {
    const result = await method(...parameters);
    if (!paused) {
      paused = true;
      await meanwhile();
    }
    return result;
  };
  return { ...world, store: { ...world.store, [name]: pausing } };
}

/** Stores and follows a click of a past hour while that hour is counted. */
async function lateClick(world: World): Promise<undefined> {
  const referral = await newReferral(world);
  const { id } = await click(world, referral);
  await openHour(world, referral.code, hourOf(id));
  pass(world, 2 * HOUR);
  const counting = withPause(world, 'responsesBetween', async () => {
    setTime(world, '2026-03-01T10:50:00Z');
    const late = newClick(world, referral);
    setTime(world, '2026-03-01T12:10:00Z');
    await world.store.putResponse(late, referral);
    await world.follow({
      type: 'response-recorded',
      writtenAt: world.now().getTime(),
      response: late,
    });
  });
  await closeHour(counting, referral.code, hourOf(id));
  await closeAll(world);
}

/** Closes two hours of a referral at once. */
async function twoClosers(world: World): Promise<undefined> {
  const referral = await newReferral(world);
  const first = await click(world, referral);
  pass(world, HOUR);
  const second = await click(world, referral);
  for (const { id } of [first, second]) await openHour(world, referral.code, hourOf(id));
  pass(world, 2 * HOUR);
  const overtaken = withPause(world, 'readCounts', () =>
    closeHour(world, referral.code, hourOf(first.id)),
  );
  await closeHour(overtaken, referral.code, hourOf(second.id));
  await closeAll(world);
}

/** Counts an hour in steps of one response, as many as there is time for. */
function stepwise(world: World, steps: number): [World, () => boolean] {
  const { responsesBetween } = world.store;
  const store: Store = {
    ...world.store,
    responsesBetween: (referral, from, to) => responsesBetween(referral, from, to, 1),
  };
  let left = steps;
  return [{ ...world, store }, () => left-- > 0];
}

/** Makes a referral with three clicks by the same visitor in an hour that is over. */
async function threeClicks(world: World): Promise<[Referral, string]> {
  const referral = await newReferral(world);
  const hour = hourAt(world.now().getTime());
  for (let clicks = 0; clicks < 3; clicks++) {
    pass(world, MINUTE);
    const visitor = { fingerprint: 'visitor', ipHash: 'address' };
    await world.store.putResponse({ ...newClick(world, referral), ...visitor }, referral);
  }
  pass(world, 2 * HOUR);
  // Whole hours are closed at once, so only this one is left to be counted in steps.
  const before = hourAt(startOf(hour) - 1);
  await openHour(world, referral.code, before);
  await closeHour(world, referral.code, before);
  await openHour(world, referral.code, hour);
  return [referral, hour];
}

/** Stores and follows a late click while the hour is counted in steps. */
async function lateClickBetweenSteps(world: World): Promise<undefined> {
  const [referral, hour] = await threeClicks(world);
  const [few, hasTime] = stepwise(world, 2);
  const counting = withPause(few, 'responsesBetween', async () => {
    setTime(world, '2026-03-01T10:05:00Z');
    const late = newClick(world, referral);
    setTime(world, '2026-03-01T12:30:00Z');
    await world.store.putResponse(late, referral);
    const writtenAt = world.now().getTime();
    await world.follow({ type: 'response-recorded', writtenAt, response: late });
  });
  await closeHour(counting, referral.code, hour, hasTime);
  await closeAll(world);
}

/** Counts an hour in three steps. */
async function threeSteps(world: World): Promise<undefined> {
  const [referral, hour] = await threeClicks(world);
  for (let step = 0; step < 3; step++) {
    const [few, hasTime] = stepwise(world, 1);
    await closeHour(few, referral.code, hour, hasTime);
  }
  await closeAll(world);
}

/** Queues a click that is stored already, and links it before the queue's function stores it again and dies. */
async function linkedBeforeRetried(world: World): Promise<undefined> {
  const referral = await newReferral(world);
  const clicked = await click(world, referral);
  await linkSession(world, clicked.session ?? '', newUserId());
  const dies = () => Promise.reject(new Error('The function dies.'));
  const store = { ...world.store, linkResponses: dies };
  await expect(storeClick({ ...world, store }, clicked)).rejects.toThrow('The function dies.');
  await closeAll(world);
}

/** Deletes a response as DynamoDB does when it expires. */
const expire = ({ table }: World, { id, session }: Response) =>
  table.client.send(
    new DeleteCommand({
      TableName: table.name,
      Key: { pk: `VISITOR#${session}`, sk: `RESPONSE#${id}` },
    }),
  );

/** Turns a put of a response into one with a new id. */
function withNewId({ Item, ...input }: Input): Input {
  const id = ulid();
  const key = { sk: { S: `RESPONSE#${id}` }, gsi1sk: { S: id }, id: { S: id } };
  return { ...input, Item: { ...Item, ...key } };
}

/** Turns the updates of responses in a transaction into deletes. */
function withoutOriginals(operation: string, input: Input): Input {
  if (operation !== 'TransactWriteItems') return input;
  const TransactItems = input.TransactItems.map((write: Input) => {
    const { TableName, Key } = write.Update ?? {};
    return Key?.sk.S.startsWith('RESPONSE#') ? { Delete: { TableName, Key } } : write;
  });
  return { ...input, TransactItems };
}

const guards: Record<string, Guard> = {
  'an hour is closed only if its mark is the same as before the count': {
    breaks: / holds clicks 1, .* instead of clicks 2,/,
    scenario: lateClick,
    takeOff: rewritingWith(
      withoutCondition((write) => write.action === 'Delete' && isOpenHour(write)),
    ),
  },

  'every mark has its own version': {
    breaks: / holds clicks 1, .* instead of clicks 2,/,
    scenario: lateClick,
    takeOff: rewritingWith((_operation, input) =>
      input.Item?.sk.S.startsWith('OPEN#')
        ? { ...input, Item: { ...input.Item, version: { S: 'the same' } } }
        : input,
    ),
  },

  'a step of counting is stored only if the mark is the same as before': {
    breaks: / holds clicks 3, .* instead of clicks 4,/,
    scenario: lateClickBetweenSteps,
    takeOff: rewritingWith(withoutCondition(({ item }) => item?.progress !== undefined)),
  },

  'the visitors of an hour are remembered from step to step': {
    breaks: / holds clicks 3, uniqueVisitors [23] instead of clicks 3, uniqueVisitors 1/,
    scenario: threeSteps,
    takeOff: rewritingWith((_operation, input) =>
      input.Item?.pk.S.startsWith('COUNTED#')
        ? { ...input, Item: { ...input.Item, visitors: { S: 'another one' } } }
        : input,
    ),
  },

  'a total changes only if it is the same as when the hour was read': {
    breaks: /^The total of .* holds clicks 2, .* instead of clicks 3,/,
    scenario: twoClosers,
    takeOff: rewritingWith(withoutCondition(({ sk }) => sk === 'TOTAL')),
  },

  'a mark waits until the index shows its response': {
    breaks: / holds nothing instead of clicks 1,/,
    scenario: async (world, takeOff) => {
      const referral = await newReferral(world);
      // The response comes first and is late in the index. The mark is there at once.
      const lags = [2 * MINUTE];
      const lagging = laggingIndex(
        () => lags.pop() ?? 0,
        () => world.clock.now.getTime(),
      );
      Object.assign(world.proxy, lagging);
      takeOff();
      const late = newClick(world, referral);
      pass(world, 2 * HOUR);
      await world.store.putResponse(late, referral);
      await world.follow({
        type: 'response-recorded',
        writtenAt: world.now().getTime(),
        response: late,
      });
      pass(world, MINUTE);
      await closeDueHours(world, () => true);
      await closeAll(world);
      return undefined;
    },
    takeOff: ({ proxy }) => {
      const { rewrite } = proxy;
      const atOnce = { due: { S: '2026-03-01T00:00:00Z' }, gsi1sk: { S: '2026-03-01T00:00:00Z' } };
      proxy.rewrite = (operation, input) =>
        input.Item?.sk.S.startsWith('OPEN#')
          ? { ...input, Item: { ...input.Item, ...atOnce } }
          : (rewrite?.(operation, input) ?? input);
    },
  },

  'a response is put only if there is none yet': {
    breaks: /^The 1 copies are not those of the 0 linked rows/,
    scenario: linkedBeforeRetried,
    takeOff: rewritingWith(
      withoutCondition(({ action, sk }) => action === 'Put' && sk.startsWith('RESPONSE#')),
    ),
  },

  'a linked response keeps its place': {
    breaks: /^The 1 copies are not those of the 0 linked rows/,
    scenario: linkedBeforeRetried,
    takeOff: rewritingWith(withoutOriginals),
  },

  'a linked response is in the index at every moment': {
    breaks: /^0 clicks are read of 1/,
    scenario: async (world, takeOff) => {
      const referral = await newReferral(world);
      const { session = '' } = await click(world, referral);
      // From now on, the index shows new items late.
      const lagging = laggingIndex(
        () => MINUTE,
        () => world.clock.now.getTime(),
      );
      Object.assign(world.proxy, lagging);
      takeOff();
      await linkSession(world, session, newUserId());
      const { clicks } = await countReferral(world, referral);
      return clicks === 1 ? [] : [`${clicks} clicks are read of 1.`];
    },
    takeOff: ({ proxy }) => {
      const { rewrite } = proxy;
      proxy.rewrite = (operation, input) =>
        withoutOriginals(operation, rewrite?.(operation, input) ?? input);
    },
  },

  'a response is linked only if it is not linked yet': {
    breaks: /^2 responses were linked of 1/,
    scenario: async (world, takeOff) => {
      const referral = await newReferral(world);
      const { session = '' } = await click(world, referral);
      takeOff();
      let transactions = 0;
      world.proxy.patience = 300;
      // Both have read the response by then. The first write arrives last.
      world.proxy.decide = (operation): Fate =>
        operation === 'TransactWriteItems' && transactions++ === 0 ? 'late' : 'pass';
      const userId = newUserId();
      const linked = await Promise.all([
        linkSession(world, session, userId),
        linkSession(world, session, userId),
      ]);
      const all = linked[0] + linked[1];
      return all === 1 ? [] : [`${all} responses were linked of 1.`];
    },
    takeOff: rewritingWith(withoutCondition(({ sk }) => sk.startsWith('RESPONSE#'))),
  },

  'a session is linked only if it is linked to nobody': {
    breaks: /^The session has another user/,
    scenario: async (world) => {
      const { session = '' } = await click(world, await newReferral(world));
      const [first, second] = [newUserId(), newUserId()];
      const linking = withPause(world, 'findSessionUser', () => linkSession(world, session, first));
      await linkSession(linking, session, second);
      const user = await world.store.findSessionUser(session);
      return user?.userId === first ? [] : ['The session has another user.'];
    },
    takeOff: rewritingWith(withoutCondition(({ sk }) => sk === 'USER')),
  },

  'a handoff is exchanged only once': {
    breaks: /^The session was given away twice/,
    scenario: async (world) => {
      const { code, session = '' } = await click(world, await newReferral(world));
      const handoff = (await handOff(world, session, code)) ?? '';
      const nobody = { session: undefined, userId: undefined };
      const take = () => takeHandoff(world, handoff, nobody, {});
      const taken = [await take(), await take()];
      return taken[1] === session ? ['The session was given away twice.'] : [];
    },
    takeOff: rewritingWith(withoutCondition(({ sk }) => sk === 'HANDOFF')),
  },

  'a sign-up is put only if there is none': {
    breaks: /^The user .* signed up 2 times/,
    scenario: async (world) => {
      const { session = '' } = await click(world, await newReferral(world));
      const userId = newUserId();
      await welcomeUser(world, { userId, attributes: {} }, {});
      await linkSession(world, session, userId);
      await welcomeUser(world, { userId, attributes: {} }, { session });
      return undefined;
    },
    takeOff: rewritingWith(withoutCondition(({ sk }) => sk === 'IDEMPOTENCY')),
  },

  'a click keeps its id from the first try to the last': {
    breaks: /^The click .* is stored \d times/,
    scenario: async (world, takeOff) => {
      const referral = await newReferral(world);
      takeOff();
      const queued: Response[] = [];
      world.proxy.decide = (operation) => (operation === 'PutItem' ? 'cut-after' : 'pass');
      const { outcome } = await recordClick(
        { ...world, queueClick: async (pending) => void queued.push(pending as Response) },
        {
          code: referral.code,
          method: 'GET',
          sessions: [],
          redirectTo: undefined,
          purpose: undefined,
          userAgent: BROWSER,
          httpReferer: 'https://example.com/a-click',
        },
      );
      expect(outcome).toBe('queued');
      world.proxy.decide = () => 'pass';
      for (const pending of [...queued, ...queued]) await storeClick(world, pending);
      return undefined;
    },
    takeOff: rewritingWith((operation, input) =>
      operation === 'PutItem' && input.Item.sk.S.startsWith('RESPONSE#') ? withNewId(input) : input,
    ),
  },

  'an Idempotency-Key is put only if there is none yet': {
    breaks: /^It was recorded twice/,
    scenario: async (world) => {
      const referral = await newReferral(world);
      const { session = '' } = await click(world, referral);
      const act = () =>
        recordAction(world, {
          visitor: { session },
          action: 'BOUGHT',
          trusted: false,
          idempotencyKey: 'key',
        });
      const ids = new Set([(await act())?.id, (await act())?.id]);
      const { pageActions } = await countReferral(world, referral);
      return ids.size === 1 && pageActions.get('BOUGHT') === 1 ? [] : ['It was recorded twice.'];
    },
    takeOff: rewritingWith(withoutCondition(({ sk }) => sk === 'IDEMPOTENCY')),
  },

  'a claim is taken only if nobody has written it since it was read': {
    breaks: /^2 live links are the same/,
    scenario: async (world) => {
      const link = { userId: newUserId(), redirectTo: '/' };
      const expiresAt = new Date(world.clock.now.getTime() + MINUTE).toISOString();
      const { referral } = await createReferral(world, { ...link, expiresAt });
      pass(world, HOUR);
      const creating = withPause(world, 'readClaim', () =>
        editReferral(world, link.userId, referral.code, { expiresAt: null }),
      );
      await createReferral(creating, link);
      const live = (await world.store.allReferrals(link.userId)).length;
      return live === 1 ? [] : [`${live} live links are the same.`];
    },
    takeOff: rewritingWith(withoutCondition(({ sk }) => sk === 'CLAIM')),
  },

  'an edit is stored only if the referral has not changed since it was read': {
    breaks: /^An edit is lost/,
    scenario: async (world) => {
      const { code, userId = '' } = await newReferral(world);
      const editing = withPause(world, 'findReferral', () =>
        editReferral(world, userId, code, { target: { type: 'article', id: '42' } }),
      );
      const edited = await editReferral(editing, userId, code, { label: 'spring' });
      return edited.target ? [] : ['An edit is lost.'];
    },
    takeOff: rewritingWith(
      withoutCondition(({ action, sk }) => action === 'Update' && sk === 'REFERRAL'),
    ),
  },

  'a user chooses codes only as often as a day allows': {
    breaks: /^6 codes were chosen/,
    scenario: async (world) => {
      Object.assign(world.settings, { code: { custom: true, ignoreCase: false } });
      const { code, userId = '' } = await newReferral(world);
      let chosen = 0;
      for (const own of ['one-1', 'two-2', 'three', 'four-4', 'five-5', 'six-6']) {
        const changed = editReferral(world, userId, code, { code: own });
        chosen += await changed.then(
          () => 1,
          () => 0,
        );
      }
      return chosen === 5 ? [] : [`${chosen} codes were chosen.`];
    },
    takeOff: rewritingWith(withoutCondition(({ sk }) => sk.startsWith('CODES#'))),
  },

  'a user makes only as many links as they may': {
    breaks: /^3 links were made of 2/,
    scenario: async (world) => {
      Object.assign(world.settings, { maxReferralsPerUser: 2 });
      const userId = newUserId();
      let made = 0;
      for (const redirectTo of ['/1', '/2', '/3']) {
        const created = createReferral(world, { userId, redirectTo });
        made += await created.then(
          () => 1,
          () => 0,
        );
      }
      return made === 2 ? [] : [`${made} links were made of 2.`];
    },
    takeOff: rewritingWith(withoutCondition(({ sk }) => sk === 'REFERRALS')),
  },

  'buckets are doubled only if their number is as expected': {
    breaks: / has clicks 21, .* and answers clicks \d+,/,
    scenario: async (world) => {
      const referral = await newReferral(world);
      const grown = { ...referral, buckets: 8 };
      await world.table.client.send(
        new UpdateCommand({
          TableName: world.table.name,
          Key: { pk: `REFERRAL#${referral.code}`, sk: 'REFERRAL' },
          UpdateExpression: 'SET buckets = :buckets',
          ExpressionAttributeValues: { ':buckets': grown.buckets },
        }),
      );
      for (let clicks = 0; clicks < 20; clicks++) await click(world, grown);
      // Another process still knows the referral as it was in the beginning.
      let refusals = 1;
      world.proxy.decide = (operation) =>
        operation === 'PutItem' && refusals-- > 0 ? indexIsFull : 'pass';
      await click(world, referral);
      return undefined;
    },
    takeOff: rewritingWith(
      withoutCondition(({ action, sk }) => action === 'Update' && sk === 'REFERRAL'),
    ),
  },

  'an hour is not counted again once its responses may be gone': {
    breaks: /^1 clicks are left of 2/,
    scenario: async (world, takeOff) => {
      const referral = await newReferral(world);
      const expired = await click(world, referral);
      const { id } = await click(world, referral);
      await closeAll(world);
      takeOff();
      pass(world, 31 * 24 * HOUR);
      await expire(world, expired);
      await reopenHour(world, referral.code, hourOf(id));
      await closeAll(world);
      const { clicks } = await countReferral(world, referral);
      return clicks === 2 ? [] : [`${clicks} clicks are left of 2.`];
    },
    takeOff: (world) => Object.assign(world.settings, { retention: undefined }),
  },

  'a total is read again if one of its hours was closed meanwhile': {
    breaks: /^1 clicks are read of 2/,
    scenario: async (world, takeOff) => {
      const referral = await newReferral(world);
      const late = newClick(world, referral);
      const { id } = await click(world, referral);
      await closeAll(world);
      await world.store.putResponse(late, referral);
      await world.follow({
        type: 'response-recorded',
        writtenAt: world.now().getTime(),
        response: late,
      });
      takeOff();
      const reading = withPause(world, 'readCounts', async () => {
        pass(world, HOUR);
        await closeHour(world, referral.code, hourOf(id));
      });
      const { clicks } = await countReferral(reading, referral);
      return clicks === 2 ? [] : [`${clicks} clicks are read of 2.`];
    },
    takeOff: ({ proxy }) => {
      let first: unknown;
      proxy.reshape = (operation, input, output) => {
        first ??= output.Items?.find(({ sk }: Input) => sk?.S === 'TOTAL')?.version;
        return operation === 'GetItem' && input.Key.sk.S === 'TOTAL' && output.Item
          ? { ...output, Item: { ...output.Item, version: first } }
          : output;
      };
    },
  },
};

describe.each(Object.entries(guards))('%s:', (_name, { scenario, takeOff, breaks }) => {
  const run = async (sabotage: (world: World) => void): Promise<string[]> => {
    const world = await createWorld({ retention: 30 * 24 * 60 * 60 });
    const start = () => sabotage(world);
    // A scenario that prepares something first disables the guard itself.
    if (scenario.length < 2) start();
    const found = await scenario(world, start);
    Object.assign(world.proxy, { rewrite: undefined, reshape: undefined, decide: () => 'pass' });
    return found ?? violations(world);
  };

  test('with the guard, every promise is kept', async () => {
    expect(await run(() => {})).toEqual([]);
  });

  test('without the guard, a promise is broken', async () => {
    expect(await run(takeOff)).toContainEqual(expect.stringMatching(breaks));
  });
});
