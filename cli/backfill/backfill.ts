import pThrottle from 'p-throttle';
import { findOwnReferral, ownReferral } from '../../functions/core/create-referral.ts';
import { reasonOf, refusalOf } from '../refusal.ts';
import type { LinkServices } from '../services.ts';
import { listUsers, RefusedToken, type User, type UserPool } from './user-pool.ts';

/** How many failed users are kept with their reason; the others are only counted. */
export const LISTED_FAILURES = 20;

/** What became of the users so far. Their sum is the users seen, see `seenUsers`. */
export interface Tally {
  /** Got a link; in a dry run: would get one. */
  created: number;
  hadOne: number;
  /** Passed over: confirming the sign-up will give them theirs. */
  unconfirmed: number;
  /** Passed over: there is nothing to give a link to. */
  withoutSub: number;
  failed: number;
  /** The first failed ones, `LISTED_FAILURES` at most. */
  failures: { sub: string; reason: string }[];
}

/** How far a backfill has come, over all its runs. */
export interface Progress extends Tally {
  /** Of the page that is not wholly done; undefined: the first. */
  pageToken?: string | undefined;
  /** Subs of the users of that page who are done and counted. */
  pageDone: string[];
  /** How long it worked. */
  milliseconds: number;
}

export interface Backfill extends UserPool {
  readonly services: Omit<LinkServices, 'close'>;
  readonly tableName: string;
  /** Users per second: never more in any second. */
  readonly rate: number;
  /** Read only, and count who would get a link. */
  readonly dryRun: boolean;
  /** Where an earlier run stopped, or `noProgress()`. It is changed as the work goes on. */
  readonly progress: Progress;
  /** Aborting it stops the work; the users in flight are finished first. */
  readonly interrupt: AbortSignal;
  /** Called when a page is done, and when the work stops within one. */
  readonly save: (progress: Progress) => Promise<void>;
  /** Called whenever a count has changed. */
  readonly onProgress: (progress: Progress) => void;
  /** Called with a sentence where the work does not go on as it should. */
  readonly onNotice: (sentence: string) => void;
}

export const noProgress = (): Progress => ({
  pageDone: [],
  created: 0,
  hadOne: 0,
  unconfirmed: 0,
  withoutSub: 0,
  failed: 0,
  failures: [],
  milliseconds: 0,
});

export const seenUsers = ({ created, hadOne, unconfirmed, withoutSub, failed }: Tally): number =>
  created + hadOne + unconfirmed + withoutSub + failed;

/**
 * Gives every user of a pool their own link, page by page. Who has one keeps it, so all of this can be
 * repeated.
 *
 * The counts are exact in that each user is counted once, over all runs, as what they were when they were
 * counted. A run that is interrupted in order saves every user that it counted. One that is killed loses
 * the counts of the page it was at, not the links: the next run counts those users, as having one already.
 * Where Cognito no longer takes the saved token, everyone is counted anew from the first page, and so
 * those who got a link before as having one already.
 *
 * @throws Refusal where an error would hit every user, and `interrupt`'s reason where that was aborted;
 *   `progress` was saved then.
 */
export async function backfill(options: Backfill): Promise<void> {
  const { progress, save, onProgress } = options;
  const startedAt = performance.now() - progress.milliseconds;
  const halt = new AbortController();
  const signal = AbortSignal.any([options.interrupt, halt.signal]);
  const throttle = pThrottle({ limit: options.rate, interval: 1000, strict: true, signal });
  const table = {
    service: 'DynamoDB',
    resource: `table ${options.tableName}`,
    option: '--table-name',
  } as const;
  const give = throttle(async (user: User) => {
    signal.throwIfAborted();
    try {
      progress[await giveLink(options, user)] += 1;
    } catch (error) {
      const refusal = refusalOf(error, table);
      if (refusal !== undefined) return halt.abort(refusal);
      progress.failed += 1;
      if (progress.failures.length < LISTED_FAILURES) {
        progress.failures.push({ sub: user.sub, reason: reasonOf(error) });
      }
    }
    progress.pageDone.push(user.sub);
    onProgress(progress);
  });

  let startedOver = false;
  const nextPage = async () => {
    try {
      return await listUsers(options, progress.pageToken);
    } catch (error) {
      if (startedOver || !(error instanceof RefusedToken)) throw error;
      startedOver = true;
      options.onNotice(
        'Cognito no longer takes the token of the page to go on with: starting over. Users who got a link before count as having one already.',
      );
      Object.assign(progress, noProgress(), { pageToken: undefined });
      return listUsers(options, undefined);
    }
  };

  for (let more = true; more; ) {
    const page = await nextPage();
    const done = new Set(progress.pageDone);
    const given = page.users.filter(({ sub }) => !done.has(sub)).map((user) => give(user));
    await Promise.allSettled(given);
    progress.milliseconds = performance.now() - startedAt;
    if (signal.aborted) {
      if (seenUsers(progress) > 0) await save(progress);
      throw signal.reason;
    }
    // Nothing but a bug can have failed here; it must not go unnoticed.
    await Promise.all(given);
    progress.unconfirmed += page.unconfirmed;
    progress.withoutSub += page.withoutSub;
    progress.pageDone = [];
    progress.pageToken = page.nextToken;
    onProgress(progress);
    more = page.nextToken !== undefined;
    if (more) await save(progress);
  }
}

async function giveLink(
  { services, dryRun }: Backfill,
  { sub, attributes }: User,
): Promise<'created' | 'hadOne'> {
  if (dryRun) return (await findOwnReferral(services, sub)) === undefined ? 'created' : 'hadOne';
  return (await ownReferral(services, sub, attributes)).created ? 'created' : 'hadOne';
}
