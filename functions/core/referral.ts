/** Any object of the host app. */
export interface Target {
  readonly type: string;
  readonly id: string;
}

/** A referral link. */
export interface Referral {
  /** ULID; referrals are listed by it, newest first. */
  readonly id: string;
  readonly code: string;
  /** The owner; marketing links have none. */
  readonly userId?: string;
  readonly label?: string;
  /** Where the link leads: an absolute URL. */
  readonly redirectTo: string;
  readonly target?: Target;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** ISO 8601, UTC. From then on clicks lead to the default destination and are not recorded. */
  readonly expiresAt?: string;
  /** Over how many index partitions its responses are spread; a power of two up to 256. */
  readonly buckets: number;
}

export interface NewReferral extends Pick<Referral, 'userId' | 'label' | 'target' | 'expiresAt'> {
  /** A path on the app, or a URL on an allowed host. */
  readonly redirectTo: string;
}

/** Whom a referral is made for, as far as making its code needs to know. */
export interface Owner {
  /** Cognito `sub`. */
  readonly userId: string;
  /** The claims of their token or, at sign-up, the attributes of their account: `email` and so on. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What a code may be. It may be longer than ours, so that imported codes work too. */
export const CODE = /^[A-Za-z0-9_-]{1,64}$/;

/** Whether a value that came from outside can be a code. */
export const isCode = (value: unknown): value is string =>
  typeof value === 'string' && CODE.test(value);

/** Whether clicks on it have stopped counting. */
export const isExpired = (referral: Referral, now: Date): boolean =>
  referral.expiresAt !== undefined && new Date(referral.expiresAt) <= now;
