import type { CountedResponse } from './counts.ts';
import type { ClosedHour, Hour, HourState, Quarters, Total } from './hours.ts';
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

/** The mark that an hour of a referral must be counted. */
export interface OpenHour {
  readonly code: string;
  readonly hour: Hour;
  /** ISO 8601, UTC. The hour is not counted before this time. */
  readonly due: string;
  readonly version: string;
}

/**
 * The storage that core needs. Every method throws ReferralsError `unavailable` if the database can't be
 * reached, or refuses the request because of load.
 */
export interface Store {
  /** Strongly consistent. */
  findReferral(code: string): Promise<Referral | undefined>;
  /** The referral that holds a claim. Strongly consistent. */
  findClaimedReferral(claim: string): Promise<Referral | undefined>;
  /**
   * Stores the referral together with its claims, or nothing.
   *
   * @returns the referral, or the existing one that holds one of the claims.
   * @throws ReferralsError `code_taken`.
   */
  createReferral(referral: Referral, claims: readonly string[]): Promise<Referral>;
  /** A user's referrals, newest first. */
  listReferrals(userId: string, page: PageRequest): Promise<Page<Referral>>;
  /** All of a user's referrals, newest first. */
  allReferrals(userId: string): Promise<readonly Referral[]>;
  /** All referrals, in no order. It reads the whole table. */
  everyReferral(): AsyncIterable<Referral>;

  /** Stores one response of a referral. Repeating it changes nothing, even if the response was moved since. */
  putResponse(response: Response, referral: Referral): Promise<void>;
  /**
   * Stores one response, or only remembers that there was none. Does nothing if that was done before.
   *
   * @returns the response that was stored the first time.
   * @throws ReferralsError `idempotency_mismatch` if the key was used with another fingerprint.
   */
  putResponseOnce(
    request: IdempotentRequest,
    now: Date,
    recorded?: { readonly response: Response; readonly referral: Referral },
  ): Promise<Response | undefined>;
  /** Responses to any of these referrals, newest first. */
  listResponses(referrals: readonly Referral[], page: PageRequest): Promise<Page<Response>>;
  /**
   * Visits each response to a referral from `from` until before `to`, in epoch milliseconds. It visits each
   * response once, in no order.
   */
  eachResponse(
    referral: Referral,
    from: number,
    to: number,
    visit: (response: CountedResponse) => void,
  ): Promise<void>;

  /** A visitor's responses by time. Strongly consistent. Reads only as far as the caller iterates. */
  responsesOf(visitor: Visitor, order: 'newest' | 'oldest'): AsyncIterable<Response>;
  /** Whether a visitor has a response to this referral other than `except`. Strongly consistent. */
  hasResponded(visitor: Visitor, code: string, except: string): Promise<boolean>;
  /** The user that the session was last linked to. Strongly consistent. */
  findSessionUser(session: string): Promise<string | undefined>;
  putSessionUser(session: string, userId: string): Promise<void>;
  /**
   * Moves a session's responses to a user.
   *
   * @returns the number of moved responses.
   */
  moveResponses(session: string, userId: string, now: Date): Promise<number>;

  /** Marks an hour of a referral as open, or renews its mark. */
  putOpenHour(mark: OpenHour): Promise<void>;
  /** The open hours of a referral. Strongly consistent. */
  openHours(code: string): Promise<readonly Hour[]>;
  /** Open hours of all referrals that are due. The order varies, so that no hour always comes last. */
  dueHours(now: Date): AsyncIterable<{ readonly code: string; readonly hour: Hour }>;
  /** The whole state of an hour at one moment. */
  readHour(code: string, hour: Hour): Promise<HourState>;
  /**
   * Closes an hour, unless its state has changed since it was read.
   *
   * @returns whether it was closed.
   */
  closeHour(hour: ClosedHour): Promise<boolean>;
  /** The total of a referral's closed hours. Strongly consistent. */
  readTotal(code: string): Promise<Total>;
  /**
   * Replaces a total if it still has the given version.
   *
   * @returns whether it was replaced.
   */
  replaceTotal(code: string, version: Total['version'], total: Total): Promise<boolean>;
  /**
   * The closed hours of a referral in a range of epoch milliseconds, oldest first. Strongly consistent.
   */
  closedHours(
    code: string,
    from: number,
    to: number,
  ): Promise<readonly { readonly hour: Hour; readonly quarters: Quarters }[]>;
}
