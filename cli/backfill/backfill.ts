import pThrottle from 'p-throttle';
import { findOwnReferral, ownReferral } from '../../functions/core/create-referral.ts';
import { reasonOf, refusalOf } from '../refusal.ts';
import type { LinkServices } from '../services.ts';
import { listUsers, RefusedToken, type User, type UserPool } from './user-pool.ts';

/** Number of failed users to list with their reason; the others are only counted. */
export const LISTED_FAILURES = 20;

/** Results of the users so far. The sum of the counts is the users seen, see `seenUsers`. */
export interface Tally {
  /** Got a link; in a dry run, would get one. */
  created: number;
  hadOne: number;
  /** Skipped: they get a link when they confirm their sign-up. */
  unconfirmed: number;
  /** Skipped: a link needs a sub. */
  withoutSub: number;
  failed: number;
  /** The first failed users, `LISTED_FAILURES` at most. */
  failures: { sub: string; reason: string }[];
}

/** Progress of a backfill, over all its runs. */
export interface Progress extends Tally {
  /** Token of the first unfinished page; undefined for the first page. */
  pageToken?: string | undefined;
  /** Subs of the users of that page that are done and counted. */
  pageDone: string[];
  /** Working time. */
  milliseconds: number;
}

export interface Backfill extends UserPool {
  readonly services: Omit<LinkServices, 'close'>;
  readonly tableName: string;
  /** Maximum users in any second. */
  readonly rate: number;
  /** Only read, and count users who would get a link. */
  readonly dryRun: boolean;
  /** Progress of an earlier run, or `noProgress()`. `backfill` updates it. */
  readonly progress: Progress;
  /** Aborting it stops the work, after the users in flight. */
  readonly interrupt: AbortSignal;
  /** Called after each page, and when the work stops within a page. */
  readonly save: (progress: Progress) => Promise<void>;
  /** Called after each change of a count. */
  readonly onProgress: (progress: Progress) => void;
  /** Called with a sentence if the work does not go on as expected. */
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
 * Gives every user of a pool their own link, page by page. Users with a link keep it, so a backfill can be
 * repeated.
 *
 * Each user counts once over all runs, with the result at that time. An interrupted run saves every user that
 * it counted. A killed run loses the counts of its current page, but not the links: the next run counts those
 * users as having one already. If Cognito no longer accepts the saved token, the count starts over from the
 * first page. Users who got a link before then count as having one already.
 *
 * @throws Refusal if an error would hit every user, and `interrupt`'s reason if it was aborted; `progress` was
 *   saved then.
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
        'Cognito no longer accepts the saved page token: starting over. Users who got a link before count as having one already.',
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
    // Only a bug can fail here, and it must not go unnoticed.
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
