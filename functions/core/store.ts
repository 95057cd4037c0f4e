import type { CountedResponse } from './counts.ts';
import type { ClosedHour, Hour, HourState, Quarters, Total } from './hours.ts';
import type { Referral } from './referral.ts';
import type { Response } from './response.ts';
import type { Visitor } from './visitor.ts';

export interface PageRequest {
  /** 1 to 100. */
  readonly limit: number;
  /** The id that the page before ended with. */
  readonly cursor?: string | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** The id to go on from; null at the end. */
  readonly nextCursor: string | null;
}

/** A request that is done once, however often it is sent. */
export interface IdempotentRequest {
  readonly visitor: Visitor;
  readonly key: string;
  /** The same key with another fingerprint is another request. */
  readonly fingerprint: string;
  /** Seconds for which it is remembered; Infinity for ever. */
  readonly lifetime: number;
}

/** The mark that an hour of a referral is to be counted. */
export interface OpenHour {
  readonly code: string;
  readonly hour: Hour;
  /** ISO 8601, UTC: not before that. */
  readonly due: string;
  readonly version: string;
}

/**
 * What the domain asks of storage. Every method throws ReferralsError `unavailable` where the database
 * can't be reached or refuses for load.
 */
export interface Store {
  /** Strongly consistent. */
  findReferral(code: string): Promise<Referral | undefined>;
  /** The referral that holds a claim. Strongly consistent. */
  findClaimedReferral(claim: string): Promise<Referral | undefined>;
  /**
   * Puts the referral with its claims, or nothing at all.
   *
   * @returns the referral, or the one that holds one of the claims already.
   * @throws ReferralsError `code_taken`.
   */
  createReferral(referral: Referral, claims: readonly string[]): Promise<Referral>;
  /** A user's referrals, newest first. */
  listReferrals(userId: string, page: PageRequest): Promise<Page<Referral>>;
  /** All of a user's referrals, newest first. */
  allReferrals(userId: string): Promise<readonly Referral[]>;
  /** Every referral there is, in no order. It reads the whole table. */
  everyReferral(): AsyncIterable<Referral>;

  /** Puts one response of a referral. Again and again is the same as once, wherever it was moved since. */
  putResponse(response: Response, referral: Referral): Promise<void>;
  /**
   * Puts one response (or only remembers that there was none to put) unless that was done before.
   *
   * @returns what was put the first time.
   * @throws ReferralsError `idempotency_mismatch` where the key was used with another fingerprint.
   */
  putResponseOnce(
    request: IdempotentRequest,
    now: Date,
    recorded?: { readonly response: Response; readonly referral: Referral },
  ): Promise<Response | undefined>;
  /** Responses to any of these referrals, newest first. */
  listResponses(referrals: readonly Referral[], page: PageRequest): Promise<Page<Response>>;
  /**
   * Visits each response to a referral from one time to before another, both in epoch milliseconds; once
   * each, in no order.
   */
  eachResponse(
    referral: Referral,
    from: number,
    to: number,
    visit: (response: CountedResponse) => void,
  ): Promise<void>;

  /** A visitor's responses by time. Strongly consistent; read as far as the caller goes. */
  responsesOf(visitor: Visitor, order: 'newest' | 'oldest'): AsyncIterable<Response>;
  /** Whether a visitor has another response to this referral than one. Strongly consistent. */
  hasResponded(visitor: Visitor, code: string, except: string): Promise<boolean>;
  /** The user whom the session was linked to last. Strongly consistent. */
  findSessionUser(session: string): Promise<string | undefined>;
  putSessionUser(session: string, userId: string): Promise<void>;
  /**
   * Moves a session's responses to a user.
   *
   * @returns how many were moved.
   */
  moveResponses(session: string, userId: string, now: Date): Promise<number>;

  /** Marks an hour of a referral as open, or marks it anew. */
  putOpenHour(mark: OpenHour): Promise<void>;
  /** The open hours of a referral. Strongly consistent. */
  openHours(code: string): Promise<readonly Hour[]>;
  /** Open hours of all referrals that are to be closed by now; none of them always comes last. */
  dueHours(now: Date): AsyncIterable<{ readonly code: string; readonly hour: Hour }>;
  /** All about an hour, as it was at one moment. */
  readHour(code: string, hour: Hour): Promise<HourState>;
  /**
   * Closes an hour, unless something of its state has changed since it was read.
   *
   * @returns whether it was closed.
   */
  closeHour(hour: ClosedHour): Promise<boolean>;
  /** The total of a referral's closed hours. Strongly consistent. */
  readTotal(code: string): Promise<Total>;
  /**
   * Replaces a total, unless it has changed since it had the version.
   *
   * @returns whether it was replaced.
   */
  replaceTotal(code: string, version: Total['version'], total: Total): Promise<boolean>;
  /**
   * The closed hours of a referral that lie in a range of epoch milliseconds, oldest first. Strongly
   * consistent.
   */
  closedHours(
    code: string,
    from: number,
    to: number,
  ): Promise<readonly { readonly hour: Hour; readonly quarters: Quarters }[]>;
}
