import { expect, test } from 'vitest';
import { isUnavailable } from '../../functions/core/errors.ts';
import { handOff, takeHandoff } from '../../functions/core/hand-off.ts';
import { linkSession } from '../../functions/core/link.ts';
import { welcomeUser } from '../../functions/core/new-user.ts';
import { newUserId } from '../integration/domain.ts';
import { readTable, violations } from './oracle.ts';
import { type Random, seededRandom } from './random.ts';
import { randomFates } from './random-fates.ts';
import { isLong, seed } from './seed.ts';
import { click, createWorld, newReferral, type World } from './world.ts';

const ROUNDS = isLong ? 400 : 40;

const ODDS = { throttle: 0.05, error: 0.05, conflict: 0.05, cut: 0.05, 'cut-after': 0.1 };

/** Repeats a call until it is answered, as apps and queues do. */
async function untilAnswered<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isUnavailable(error)) throw error;
    }
  }
}

/** A user who was brought by a click signs up: the trigger and the linking come in any order. */
async function signUp(world: World, random: Random): Promise<string> {
  const { session = '' } = await click(world, await newReferral(world));
  const userId = newUserId();
  const passedOn = random.chance(0.5) ? { session } : {};
  const calls: (() => Promise<unknown>)[] = [
    () => welcomeUser(world, { userId, attributes: {} }, passedOn),
    () => linkSession(world, session, userId),
  ];
  if (random.chance(0.5)) calls.reverse();
  if (random.chance(0.5)) calls.push(random.pick(calls));
  world.proxy.decide = randomFates(random.between(0, 1_000_000), ODDS);
  if (random.chance(0.5)) await Promise.all(calls.map(untilAnswered));
  else for (const call of calls) await untilAnswered(call);
  world.proxy.decide = () => 'pass';
  return userId;
}

test(`a sign-up is credited once, whether trigger, linking or both come, in any order, repeated or cut (seed ${seed})`, async () => {
  const world = await createWorld();
  const random = seededRandom(seed);
  const users: string[] = [];
  for (let round = 0; round < ROUNDS; round++) users.push(await signUp(world, random));
  expect(await violations(world)).toEqual([]);
  const { responses } = await readTable(world);
  const signedUp = responses.filter(({ action }) => action === 'SIGNED_UP');
  expect(signedUp.map(({ userId }) => userId).sort()).toEqual(users.sort());
}, 300_000);

test(`a handoff gives the visitor’s session to no more than one of those who ask at once (seed ${seed})`, async () => {
  const world = await createWorld();
  const random = seededRandom(seed);
  let exchanged = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const { code, session = '' } = await click(world, await newReferral(world));
    const handoff = await handOff(world, session, code);
    const take = () =>
      takeHandoff(world, handoff ?? '', { session: undefined, userId: undefined }, {});
    world.proxy.decide = randomFates(random.between(0, 1_000_000), ODDS);
    const sessions = await Promise.all(Array.from({ length: 5 }, () => untilAnswered(take)));
    world.proxy.decide = () => 'pass';
    // If an answer is lost, nobody gets the session, and its visitor is another visitor of the link.
    expect(new Set(sessions).size).toBe(sessions.length);
    exchanged += sessions.filter((taken) => taken === session).length;
  }
  expect(exchanged).toBeGreaterThan(ROUNDS / 2);
  expect(await violations(world)).toEqual([]);
}, 300_000);
