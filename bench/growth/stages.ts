import { closeHour } from '../../functions/core/closing.ts';
import { countReferral } from '../../functions/core/counting.ts';
import { hourAt } from '../../functions/core/hours.ts';
import { openHour } from '../../functions/core/marks.ts';
import type { Referral } from '../../functions/core/referral.ts';
import { RESPONDED } from '../../functions/core/response.ts';
import { firstIdOf } from '../../functions/store/keys.ts';
import type { Services } from '../database.ts';
import { referralItem, startWith } from '../import-items.ts';
import { anySession, clickItem, newClick, newReferral, type Scene } from '../scene.ts';

const HOUR = 3_600_000;

/** The clicks are spread over thirty days. */
const HOURS = 30 * 24;

interface Size {
  readonly name: string;
  /** Clicks on one link. */
  readonly clicks: number;
  /** Other links. */
  readonly links: number;
}

/** Makes a table of some size. The hours of its clicks are over and closed. */
export async function setStage(directory: string, size: Size) {
  const begin = (Math.floor(Date.now() / HOUR) - HOURS) * HOUR;
  const referral = newReferral('owner', new Date(begin));
  const times = Array.from(
    { length: size.clicks },
    (_, n) => begin + Math.floor((HOURS * HOUR * n) / size.clicks),
  );
  const database = await startWith(directory, items(referral, size.links, times));
  const { services } = database;
  await closeHours(services, referral, times);
  const { clicks } = await countReferral(services, referral);
  if (clicks !== size.clicks) throw new Error(`Of ${size.name}, ${clicks} are counted.`);
  const scene: Scene = {
    userId: 'owner',
    referral,
    session: anySession(),
    handoff: '',
    clicks: [],
  };
  return { size, database, scene };
}

function* items(referral: Referral, links: number, times: readonly number[]) {
  yield referralItem(referral);
  for (let n = 0; n < links; n++) {
    // Each owner has ten.
    const owner = `owner-${Math.floor(n / 10)}`;
    yield referralItem(newReferral(owner, new Date(referral.createdAt)));
  }
  for (const time of times) yield clickItem(newClick(referral, new Date(time)), referral);
}

/** Closes the hours. To read a million clicks again would take minutes, so core gets them from here. */
async function closeHours(
  services: Services,
  { code }: Referral,
  times: readonly number[],
): Promise<void> {
  const store = { ...services.store };
  // An hour rests for a while before it may be closed.
  const later = { ...services, store, now: () => new Date(Date.now() + HOUR) };
  for (const [hour, clicks] of Map.groupBy(times, hourAt)) {
    await openHour(services, code, hour);
    store.responsesBetween = async (_referral, _from, to) => ({
      responses: clicks.map((time) => ({
        id: firstIdOf(time),
        action: RESPONDED,
        kind: 'human',
        first: true,
        trusted: true,
      })),
      until: to,
    });
    await closeHour(later, code, hour);
  }
}
