import type { Target } from './referral.ts';

/** The action of the click itself. */
export const RESPONDED = 'RESPONDED';
/** The action recorded when a visitor with a session confirms a sign-up. */
export const SIGNED_UP = 'SIGNED_UP';

/** Only `human` clicks count as clicks. The others are kept, so that nobody has to guess what was filtered. */
export const responseKinds = ['human', 'bot', 'prefetch', 'own'] as const;
export type ResponseKind = (typeof responseKinds)[number];

/**
 * How a visitor arrived: by the redirect, by `?ref=` on a page, by a code that they typed, or by the address
 * of a landing page that another visitor passed on.
 */
export const arrivals = ['link', 'page', 'typed', 'forwarded'] as const;
export type Arrival = (typeof arrivals)[number];

/** One recorded click or action of a visitor. */
export interface Response {
  /** ULID. It sorts by time, and a retried write goes to the same item. */
  readonly id: string;
  readonly code: string;
  /** Owner of the referral at that time. */
  readonly referrerId?: string;
  readonly action: string;
  readonly kind: ResponseKind;
  /** Whether this is the visitor's first response to this referral. Only true for humans. */
  readonly first: boolean;
  /** Whether the service itself or the app's backend recorded it. What a page says is not trusted. */
  readonly trusted: boolean;
  /** How the visitor arrived, at this click or at the one that gets credit for the action. */
  readonly via?: Arrival;
  /** Time of the click that gets credit for the action; ISO 8601, UTC. Clicks do not have it. */
  readonly respondedAt?: string;
  /** Whether the visitor was a user before that click; undefined if they were not known as a user. */
  readonly existingUser?: boolean;
  readonly session?: string;
  readonly userId?: string;
  readonly target?: Target;
  readonly httpReferer?: string;
  readonly userAgent?: string;
  readonly ip?: string;
  /** Keyed hash of a new visitor's IP and user agent, see `fingerprint.ts`. */
  readonly fingerprint?: string;
  /** Keyed hash of the IP alone. */
  readonly ipHash?: string;
  /** The `utm_` parameters of a click's link. */
  readonly campaign?: Campaign;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** Values that a campaign's link has in its `utm_` parameters, see https://en.wikipedia.org/wiki/UTM_parameters */
export const campaignFields = ['source', 'medium', 'campaign', 'term', 'content'] as const;
export type Campaign = { readonly [Name in (typeof campaignFields)[number]]?: string };

/** Details of the client from its request, stored with each response. */
export type ClientDetails = Pick<Response, 'httpReferer' | 'userAgent' | 'ip'>;
