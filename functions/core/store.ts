import type { CountedResponse } from './counts.ts';
import type { Fingerprint } from './fingerprint.ts';
import type {
  ClosedHours,
  CountState,
  Hour,
  Mark,
  Progress,
  Total,
  VisitorsPart,
} from './hours.ts';
import type { Referral } from './referral.ts';
import type { Response } from './response.ts';
import type { Visitor } from './visitor.ts';

export interface PageRequest {
  /** 1 to 100. */
  readonly limit: number;
  /** The last id of the previous page. */
  readonly cursor?: string | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** The cursor for the next page; null at the end. */
  readonly nextCursor: string | null;
}

/** A request that takes effect once, even if it is sent several times. */
export interface IdempotentRequest {
  readonly visitor: Visitor;
  readonly key: string;
  /** The same key with another fingerprint is another request. */
  readonly fingerprint: string;
  /** How long the request is remembered, in seconds; Infinity means forever. */
  readonly lifetime: number;
}

/** What a visitor is to a referral, see `Store.standingOf`. */
export type Standing = 'new' | 'returning' | 'full';

/** The user of a session. */
export interface SessionUser {
  readonly userId: string;
  /** Whether a sign-up was credited, if it was to be. */
  readonly isSettled: boolean;
}

/** The right to be the only live referral of its kind. */
export interface Claim {
  readonly id: string;
  /** It changes with every write of the claim; undefined if nobody has claimed it yet. */
  readonly version: string | undefined;
  /** The referral that claimed it last. */
  readonly referral: Referral | undefined;
}

/** How many codes a user may choose in a day. */
export interface CodeAllowance {
  readonly userId: string;
  /** `2030-01-31`, UTC. */
  readonly day: string;
  readonly limit: number;
}

/** What a user may do when they create a referral. */
export interface ReferralAllowance {
  readonly userId: string;
  /** Number of referrals that the user may create in all. */
  readonly limit: number;
  /** For a code that the user chose. */
  readonly choice?: CodeAllowance;
}

/** An edit of a referral, and what must be stored with it. */
export interface ReferralEdit {
  readonly referral: Referral;
  /** The claim that the referral takes or keeps; undefined if it needs none. */
  readonly claim: Claim | undefined;
  /** A code that the owner chose; undefined if the code stays. */
  readonly choice: { readonly allowance: CodeAllowance; readonly newAlias?: string } | undefined;
}

/**
 * `stored`, or the reason why nothing was: something has changed since it was read, the code is taken, or the
 * user has chosen too many codes on that day.
 */
export type ReferralOutcome = 'stored' | 'outdated' | 'code_taken' | 'too_many_changes';

/** Counts to store, see `Store.closeHours`. */
export interface NewlyClosed {
  /** The mark to take away; undefined if it stays. */
  readonly mark: Mark | undefined;
  /** The item to put; undefined if there is nothing to count. */
  readonly closed: ClosedHours | undefined;
  /** The version of the total that was read. */
  readonly before: Total['version'];
  readonly total: Total;
}

/**
 * The storage that core needs. Every method throws ReferralsError `unavailable` if the database can't be
 * reached, or refuses the request because of load.
 */
export interface Store {
  /** The referral with this code or alias. Strongly consistent. */
  findReferral(code: string): Promise<Referral | undefined>;
  /** Reads a claim, and then its referral. Strongly consistent. */
  readClaim(id: string): Promise<Claim>;
  /** Stores the referral together with its claims, or nothing if a claim has changed since it was read. */
  createReferral(
    referral: Referral,
    claims: readonly Claim[],
  ): Promise<Exclude<ReferralOutcome, 'too_many_changes'>>;
  /** The same for a referral that its owner creates, as far as they are allowed to. */
  createOwnedReferral(
    referral: Referral,
    claims: readonly Claim[],
    allowance: ReferralAllowance,
  ): Promise<ReferralOutcome | 'too_many_referrals'>;
  /** Stores an edit of a referral, or nothing if the referral or the claim has changed since it was read. */
  editReferral(before: Referral, edit: ReferralEdit): Promise<ReferralOutcome>;
  /** A user's referrals, newest first. */
  listReferrals(userId: string, page: PageRequest): Promise<Page<Referral>>;
  /** All of a user's referrals, newest first. */
  allReferrals(userId: string): Promise<readonly Referral[]>;
  /** All referrals, in no order. It reads the whole table. */
  everyReferral(): AsyncIterable<Referral>;

  /** Stores one response of a referral. Repeating it changes nothing, even if the response was linked since. */
  putResponse(response: Response, referral: Referral): Promise<void>;
  /**
   * Stores one response, if there is one and the request did not store one before.
   *
   * @returns the response that was stored the first time, without IP and user agent if that was before.
   * @throws ReferralsError `idempotency_mismatch` if the key was used with another fingerprint.
   */
  putResponseOnce(
    request: IdempotentRequest,
    now: Date,
    recorded?: { readonly response: Response; readonly referral: Referral },
  ): Promise<Response | undefined>;
  /**
   * Responses to any of these referrals, newest first.
   *
   * @throws ReferralsError `too_many_referrals` if they have more than 2,000 buckets together.
   */
  listResponses(referrals: readonly Referral[], page: PageRequest): Promise<Page<Response>>;
  /**
   * The responses to a referral from `from` until before `to`, in epoch milliseconds, sorted by id.
   *
   * @param limit about so many at most.
   * @returns the responses before `until`, which is earlier than `to` if there are more. It is later than `from`.
   */
  responsesBetween(
    referral: Referral,
    from: number,
    to: number,
    limit: number,
  ): Promise<{ readonly responses: readonly CountedResponse[]; readonly until: number }>;

  /**
   * The responses since a time to each of some referrals with one bucket, by their codes and sorted by id, in one
   * call.
   *
   * @param limit undefined is returned if there are more.
   */
  responsesSince(
    referrals: readonly Referral[],
    from: number,
    limit: number,
  ): Promise<ReadonlyMap<string, readonly CountedResponse[]> | undefined>;

  /** A visitor's responses by time. Strongly consistent. Reads only as far as the caller iterates. */
  responsesOf(visitor: Visitor, order: 'newest' | 'oldest'): AsyncIterable<Response>;
  /**
   * What a visitor is to a referral: `returning` with a response to it other than `except`, or `new`. A visitor
   * with so many responses that not all are read is `full` if one of the latest is to this referral, and counts as
   * `returning` if not. Strongly consistent; one bounded read.
   */
  standingOf(visitor: Visitor, code: string, except: string): Promise<Standing>;
  /** The user that the session was linked to. Strongly consistent. */
  findSessionUser(session: string): Promise<SessionUser | undefined>;
  /**
   * Links a session to a user, if it is linked to nobody.
   *
   * @returns the user that it is linked to then.
   */
  claimSession(session: string, userId: string, now: Date): Promise<SessionUser>;
  /**
   * Remembers on a user's own link when they signed up, unless it is known.
   *
   * @param at ISO 8601, UTC.
   */
  markSignedUp(code: string, at: string): Promise<void>;
  /** Remembers that the session's link to its user is complete: a sign-up was credited if it was to be. */
  settleSession(session: string, userId: string, now: Date): Promise<void>;
  /**
   * Links a session's responses to a user, the oldest first. They are among the user's responses then, and no
   * longer among the session's.
   *
   * @param limit stops when as many are linked, or up to 49 more.
   * @returns the number of linked responses.
   */
  linkResponses(session: string, userId: string, limit: number): Promise<number>;
  /**
   * Remembers that a handoff was exchanged.
   *
   * @returns false if it was exchanged before.
   */
  claimHandoff(id: string, until: Date): Promise<boolean>;

  /** The deployment's keys by their names. Strongly consistent. */
  readKeys(): Promise<ReadonlyMap<string, Uint8Array>>;
  /**
   * Puts a key, unless there is one of that name.
   *
   * @returns the key that there is then.
   */
  createKey(name: string, key: Uint8Array, expiresAt?: Date): Promise<Uint8Array>;

  /** Marks an hour of a referral, unless there is a mark that is due as early. */
  openHour(code: string, mark: Mark): Promise<void>;
  /** Marks an hour of a referral in any case. What was counted under an earlier mark is counted again. */
  reopenHour(code: string, mark: Mark): Promise<void>;
  /** The marked hours of a referral. Eventually consistent: a new mark may be missing for a moment. */
  openHours(code: string): Promise<readonly Hour[]>;
  /** Marked hours of all referrals that are due, the earliest first. */
  dueHours(
    now: Date,
  ): AsyncIterable<{ readonly code: string; readonly hour: Hour; readonly due: string }>;
  /** The referral, its marks and its total. Strongly consistent; the marks are not newer than the total. */
  readCounts(code: string): Promise<CountState>;
  /**
   * Stores counts of hours, and the total with them, unless the mark or the total has changed since it was read.
   *
   * @returns whether they were stored.
   */
  closeHours(code: string, counts: NewlyClosed): Promise<boolean>;
  /**
   * Stores how far the hour of a mark is counted, and when to go on, unless the mark has changed since it was read.
   *
   * @returns whether it was stored.
   */
  saveProgress(
    code: string,
    mark: Mark,
    next: { readonly due: string; readonly progress?: Progress },
  ): Promise<boolean>;
  /**
   * Stores visitors of an hour for two days, as pairs of fingerprint and IP.
   *
   * @returns the number of items.
   */
  putVisitors(id: string, visitors: readonly (readonly [string, string])[]): Promise<number>;
  /**
   * Stored visitors in their order.
   *
   * @throws VisitorsGone if some are not there any more.
   */
  readVisitors(parts: readonly VisitorsPart[]): AsyncIterable<Fingerprint>;
  /**
   * Halves the partitions for new responses of a referral, unless their number has changed within the last hours.
   */
  halveBuckets(referral: Referral, now: Date): Promise<void>;
  /** What `readCounts` reads, of several referrals by their codes, in as few calls as possible. */
  readAllCounts(codes: readonly string[]): Promise<ReadonlyMap<string, CountState>>;
  /** The total of a referral's closed hours. Strongly consistent. */
  readTotal(code: string): Promise<Total>;
  /**
   * Replaces a total if it still has the given version.
   *
   * @returns whether it was replaced.
   */
  replaceTotal(code: string, version: Total['version'], total: Total): Promise<boolean>;
  /**
   * The items with counts of a range of epoch milliseconds, oldest first, and a few more. Strongly consistent.
   */
  closedHours(code: string, from: number, to: number): Promise<readonly ClosedHours[]>;
}
