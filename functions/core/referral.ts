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
  /** Number of index partitions for its responses; a power of two up to 256. */
  readonly buckets: number;
}

export interface NewReferral extends Pick<Referral, 'userId' | 'label' | 'target' | 'expiresAt'> {
  /** A path on the app, or a URL on an allowed host. */
  readonly redirectTo: string;
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

/** Whether clicks on the referral no longer count. */
export const isExpired = (referral: Referral, now: Date): boolean =>
  referral.expiresAt !== undefined && new Date(referral.expiresAt) <= now;
