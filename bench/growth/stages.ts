import { randomBytes, randomUUID } from 'node:crypto';
import { monotonicFactory } from 'ulid';
import { openHour } from '../../functions/core/closing.ts';
import { countReferral } from '../../functions/core/counting.ts';
import { newTally, sum, type Tally, tally } from '../../functions/core/counts.ts';
import { hourAt, quarterOf, sumOf } from '../../functions/core/hours.ts';
import type { Referral } from '../../functions/core/referral.ts';
import type { Services } from '../../functions/core/services.ts';
import type { Table } from '../../functions/store/client.ts';
import { ownerPartition, referralKey } from '../../functions/store/keys.ts';
import { responseItem } from '../../functions/store/responses.ts';
import type { Database } from '../database.ts';
import { newClick, newReferral } from '../scene.ts';
import { startSeeded } from './seed.ts';

const HOUR = 3_600_000;

/** Hours over which the clicks are spread: thirty days. */
const HOURS = 30 * 24;

/** How much is in a table. */
export interface Size {
  readonly name: string;
  /** Clicks on one link. */
  readonly clicks: number;
  /** Other links. */
  readonly links: number;
}

/** A table of some size, and the link in it. */
export interface Stage extends Database {
  readonly size: Size;
  readonly userId: string;
  readonly referral: Referral;
}

/** Makes a table of some size. The clicks are of hours that are over and closed. */
export async function setStage(directory: string, size: Size): Promise<Stage> {
  const end = Math.floor(Date.now() / HOUR) * HOUR;
  const userId = randomUUID();
  const referral = newReferral(userId, new Date(end - HOURS * HOUR));
  const counted = new Map<number, Tally>();
  const database = await startSeeded(directory, items(size, referral, end, counted));
  await closeHours(database.services, referral, counted);
  const { clicks } = await countReferral(database.services, referral);
  if (clicks !== size.clicks) throw new Error(`Of ${size.name}, ${clicks} are counted.`);
  return { ...database, size, userId, referral };
}

/** What is in the table. Counts the clicks by quarters of an hour. */
function* items(
  { clicks, links }: Size,
  referral: Referral,
  end: number,
  counted: Map<number, Tally>,
) {
  const newId = monotonicFactory();
  yield referralItem(referral);
  for (let n = 0; n < links; n++) {
    // Ten of each owner.
    const owner = `owner-${Math.floor(n / 10)}`;
    const at = Date.parse(referral.createdAt);
    yield referralItem(newReferral(owner, new Date(at), newId(at)));
  }
  for (let n = 0; n < clicks; n++) {
    const at = end - Math.ceil((HOURS * HOUR * (clicks - n)) / clicks);
    const session = randomBytes(16).toString('base64url');
    const click = newClick(referral, session, new Date(at), newId(at));
    const quarter = counted.get(quarterOf(at)) ?? newTally();
    counted.set(quarterOf(at), quarter);
    tally(quarter, click);
    yield responseItem(click, referral, {} as Table);
  }
}

/** A link as `store/referrals.ts` puts it. */
const referralItem = (referral: Referral) => ({
  ...referralKey(referral.code),
  gsi1pk: ownerPartition(referral.userId ?? ''),
  gsi1sk: referral.id,
  ...referral,
});

/** Closes hours with what is known to be in them; to count a million clicks again would take minutes. */
async function closeHours(
  services: Services,
  { code }: Referral,
  counted: ReadonlyMap<number, Tally>,
): Promise<void> {
  const { store, newId, now } = services;
  const hours = Map.groupBy(counted, ([quarter]) => hourAt(quarter));
  for (const [hour, quarters] of hours) {
    await openHour(services, code, hour);
    const state = await store.readHour(code, hour);
    const closed = new Map(quarters);
    const counts = sum(state.total.counts, sumOf(closed));
    const total = { version: newId(now()), through: hour, counts };
    await store.closeHour({ state, closed, total });
  }
}
