import type { Target } from './referral.ts';

/** The action of the click itself. */
export const RESPONDED = 'RESPONDED';
/** The action recorded when a visitor with a session confirms a sign-up. */
export const SIGNED_UP = 'SIGNED_UP';

/** Only `human` clicks count as clicks. The others are kept, so that nobody has to guess what was filtered. */
export const responseKinds = ['human', 'bot', 'prefetch', 'own'] as const;
export type ResponseKind = (typeof responseKinds)[number];

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
  readonly session?: string;
  readonly userId?: string;
  readonly target?: Target;
  readonly httpReferer?: string;
  readonly userAgent?: string;
  readonly ip?: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** Details of the client from its request, stored with each response. */
export type ClientDetails = Pick<Response, 'httpReferer' | 'userAgent' | 'ip'>;
