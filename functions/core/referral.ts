/** Any object of the host app. */
export interface Target {
  readonly type: string;
  readonly id: string;
}

/** A referral link. */
export interface Referral {
  /** ULID. Lists are sorted by it, newest first. */
  readonly id: string;
  readonly code: string;
  /** The owner; marketing links have none. */
  readonly userId?: string;
  readonly label?: string;
  /** Destination of the link: an absolute URL. */
  readonly redirectTo: string;
  readonly target?: Target;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** ISO 8601, UTC. From then on, clicks go to the default destination and are not recorded. */
  readonly expiresAt?: string;
  /** ISO 8601, UTC: when the owner signed up. Only a user's own link has it. */
  readonly signedUpAt?: string;
  /** ISO 8601, UTC. The owner stopped the link at this time. It behaves like an expired one. */
  readonly disabledAt?: string;
  /**
   * The latest code that the owner chose for an existing link. Both codes lead to the link; its responses and
   * counts have `code`, which never changes.
   */
  readonly alias?: string;
  /** ULID of the latest edit. */
  readonly version?: string;
  /** Number of index partitions for its new responses; a power of two up to 256. */
  readonly buckets: number;
  /** Larger numbers that it had before, the largest first. */
  readonly widerBefore?: readonly Width[];
}

/** A number of index partitions that responses from before a time may lie in. */
export interface Width {
  readonly buckets: number;
  /** Epoch milliseconds. */
  readonly until: number;
}

export interface NewReferral extends Pick<Referral, 'userId' | 'label' | 'target' | 'expiresAt'> {
  /** A path on the app, or a URL on an allowed host. */
  readonly redirectTo: string;
  /** A code that the owner chose. */
  readonly code?: string;
}

/** The owner of a new referral, with the data that its code may be made from. */
export interface Owner {
  /** Cognito `sub`. */
  readonly userId: string;
  /** Claims of the user's token or, at sign-up, attributes of the account: `email` and so on. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Format of a code. A code may be longer than ours, so that imported codes work too. */
export const CODE = /^[A-Za-z0-9_-]{1,64}$/;

/** Whether a value from outside has the format of a code. */
export const isCode = (value: unknown): value is string =>
  typeof value === 'string' && CODE.test(value);

/**
 * The code in the path of a link. Messengers and sentences append characters that no code has, such as a full
 * stop, a bracket or a zero-width space. One slash is allowed too.
 *
 * @returns undefined if the path can't be a code with such an ending.
 * @example codeInPath('H7lMCTKv9X).') // 'H7lMCTKv9X'
 */
export const codeInPath = (path: string): string | undefined => PATH.exec(path)?.[1];

// Percent-encoded characters are here if they were encoded twice, or cut in the middle.
const ENDING = '(?:[^\\w/-]|%[\\da-f]{2})*';
const PATH = new RegExp(`^([\\w-]{1,64})${ENDING}(?:/${ENDING})?$`, 'i');

/** Whether clicks on the referral no longer count, because it has expired or its owner stopped it. */
export const isExpired = ({ expiresAt, disabledAt }: Referral, now: Date): boolean =>
  disabledAt !== undefined || (expiresAt !== undefined && new Date(expiresAt) <= now);

/** The code to show: the latest that the owner chose. */
export const shownCode = ({ code, alias }: Pick<Referral, 'code' | 'alias'>): string =>
  alias ?? code;
