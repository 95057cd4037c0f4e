import type { Target } from './referral.ts';

/** The action of the click itself. */
export const RESPONDED = 'RESPONDED';
/** The action recorded when a visitor with a session confirms a sign-up. */
export const SIGNED_UP = 'SIGNED_UP';

/** `human` clicks are counted; the others are kept, so that nobody has to guess what was filtered. */
export const responseKinds = ['human', 'bot', 'prefetch', 'own'] as const;
export type ResponseKind = (typeof responseKinds)[number];

/** One recorded thing a visitor did. */
export interface Response {
  /** ULID; sorts by time, and a retried write lands on the same row. */
  readonly id: string;
  readonly code: string;
  /** Owner of the referral at that time. */
  readonly referrerId?: string;
  readonly action: string;
  readonly kind: ResponseKind;
  /** Whether this is the visitor's first response to this referral. Only a human's can be. */
  readonly first: boolean;
  readonly session?: string;
  readonly userId?: string;
  readonly target?: Target;
  readonly httpReferer?: string;
  readonly userAgent?: string;
  readonly ip?: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** What a request tells about its client, kept with each response. */
export type ClientDetails = Pick<Response, 'httpReferer' | 'userAgent' | 'ip'>;
