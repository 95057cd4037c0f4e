/** Clicks that may be published: all, those of people who do not own the link, or none. */
export const publishedClicks = ['all', 'human', 'none'] as const;

/** Settings of this deployment. See `setup/settings.ts` for defaults and sources. */
export interface Settings {
  /** Origin of the API, without a trailing slash. */
  readonly apiUrl: string;
  /** Origin of the app, without a trailing slash. */
  readonly appUrl: string;
  /** Absolute URL: the destination of links made at sign-up, and of expired or stopped links. */
  readonly defaultRedirectTo: string;
  /** Origins that links may lead to, including the app's. */
  readonly redirectOrigins: readonly string[];
  /** Number of links that a user may make, besides the one from their sign-up. */
  readonly maxReferralsPerUser: number;
  /** Seconds after a sign-up within which the first linked session credits it. */
  readonly signUpWindow: number;
  readonly attribution: {
    readonly model: 'last' | 'first';
    /** How long a response gets credit, in seconds; undefined means forever. */
    readonly window: number | undefined;
    /** Whether a visitor who was a user before the click gives no credit for it. */
    readonly newUsersOnly: boolean;
  };
  readonly code: {
    /** Whether owners may choose codes. */
    readonly custom: boolean;
    /** Whether typed codes are found in either case. New codes are in lower case then. */
    readonly ignoreCase: boolean;
  };
  readonly events: {
    readonly clicks: (typeof publishedClicks)[number];
  };
  /** Seconds after which responses are deleted; undefined means never. */
  readonly retention: number | undefined;
}
