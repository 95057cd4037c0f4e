import type { NewReferral, Owner, Referral } from './referral.ts';
import type { Store } from './store.ts';

/** How this deployment is set up; see `edge/settings.ts` for defaults and where each comes from. */
export interface Settings {
  /** Origin of the API, without a trailing slash. */
  readonly apiUrl: string;
  /** Origin of the app, without a trailing slash. */
  readonly appUrl: string;
  /** Absolute URL for links of users who were given theirs, and for expired links. */
  readonly defaultRedirectTo: string;
  /** Origins that a link may lead to; the app's is among them. */
  readonly redirectOrigins: readonly string[];
  readonly attribution: {
    readonly model: 'last' | 'first';
    /** Seconds for which a response is credited; undefined: for ever. */
    readonly window: number | undefined;
  };
  /** Seconds after which responses are deleted; undefined: never. */
  readonly retention: number | undefined;
}

/** What the domain works with. Clock and randomness come from outside, so that core has none of its own. */
export interface Services {
  readonly store: Store;
  readonly settings: Settings;
  readonly now: () => Date;
  /** A ULID of a time, monotonic within the process. */
  readonly newId: (time: Date) => string;
  /** A code for a referral; drawn anew where it is taken. */
  readonly newCode: (referral: NewReferral, owner: Owner | undefined) => string | Promise<string>;
  /** 128 random bits, see `isSession`. */
  readonly newSession: () => string;
  /** Finds a referral as it was up to a minute ago, from memory where possible. */
  readonly findRecentReferral: (code: string) => Promise<Referral | undefined>;
}
