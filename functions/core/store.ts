import type { Referral } from './referral.ts';
import type { Response } from './response.ts';
import type { Visitor } from './visitor.ts';

export interface PageRequest {
  /** 1 to 100. */
  readonly limit: number;
  /** The id that the page before ended with. */
  readonly cursor: string | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** The id to go on from; null at the end. */
  readonly nextCursor: string | null;
}

export interface Counts {
  /** Clicks by humans. */
  readonly clicks: number;
  /** Visitors among them. */
  readonly uniqueVisitors: number;
}

/** A promise that something is done once, however often it is asked for. */
export interface Once {
  readonly visitor: Visitor;
  readonly key: string;
  /** The same key with another fingerprint is another request. */
  readonly fingerprint: string;
  /** Seconds for which it is remembered; Infinity for ever. */
  readonly lifetime: number;
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

  /**
   * Puts one response of a referral. Again and again is the same as once, as long as it is not moved to a
   * user in between.
   */
  putResponse(response: Response, referral: Referral): Promise<void>;
  /**
   * Puts one response (or only remembers that there was none to put) unless that was done before.
   *
   * @returns what was put the first time.
   * @throws ReferralsError `idempotency_mismatch` where the key was used with another fingerprint.
   */
  putResponseOnce(
    once: Once,
    now: Date,
    recorded?: { readonly response: Response; readonly referral: Referral },
  ): Promise<Response | undefined>;
  /** Responses to any of these referrals, newest first. */
  listResponses(referrals: readonly Referral[], page: PageRequest): Promise<Page<Response>>;
  countClicks(referral: Referral): Promise<Counts>;

  /** A visitor's responses by time. Strongly consistent; read as far as the caller goes. */
  responsesOf(visitor: Visitor, order: 'newest' | 'oldest'): AsyncIterable<Response>;
  /** Whether a visitor has any response to this referral. Strongly consistent. */
  hasResponded(visitor: Visitor, code: string): Promise<boolean>;
  /** The user whom the session was linked to last. Strongly consistent. */
  findSessionUser(session: string): Promise<string | undefined>;
  putSessionUser(session: string, userId: string): Promise<void>;
  /**
   * Moves some of a session's responses to a user, in one transaction.
   *
   * @returns how many were moved; `remaining` where there may be more.
   */
  moveResponses(session: string, userId: string): Promise<{ moved: number; remaining: boolean }>;
}
