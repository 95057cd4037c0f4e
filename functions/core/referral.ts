import { createHash } from 'node:crypto';
import { ReferralsError } from './errors.ts';
import { resolveRedirect } from './redirect.ts';
import type { Services } from './services.ts';

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

export interface CreatedReferral {
  readonly referral: Referral;
  /** False where it existed already. */
  readonly created: boolean;
}

// 62^10 codes: a second collision in a row is already beyond belief, so more tries would only hide a bug.
const CODE_ATTEMPTS = 3;

/**
 * Creates a referral, or gives back the one that has the same owner, label, destination and target.
 *
 * @param attributes what the app's hook may make the code from.
 * @throws ReferralsError `invalid_redirect` where `redirectTo` leaves the allowed hosts,
 *   `invalid_field` where `expiresAt` has passed, `code_taken` where no free code was found.
 */
export function createReferral(
  services: Services,
  input: NewReferral,
  attributes: Owner['attributes'] = {},
): Promise<CreatedReferral> {
  const redirectTo = resolveRedirect(input.redirectTo, services.settings);
  if (redirectTo === undefined) {
    throw new ReferralsError(
      'invalid_redirect',
      `redirectTo must be a path such as /welcome, or a URL on one of: ${services.settings.redirectOrigins.join(', ')}.`,
      { field: 'redirectTo' },
    );
  }
  if (input.expiresAt !== undefined && new Date(input.expiresAt) <= services.now()) {
    throw new ReferralsError('invalid_field', 'expiresAt must be in the future.', {
      field: 'expiresAt',
    });
  }
  const draft = { ...input, redirectTo };
  return claimReferral(services, draft, attributes, [claimOf(draft)]);
}

/**
 * A user's own link. It is claimed for the user as well, so that it stays the same when the default
 * destination is changed.
 */
export async function ownReferral(
  services: Services,
  userId: string,
  attributes: Owner['attributes'] = {},
): Promise<CreatedReferral> {
  const draft = { userId, redirectTo: new URL(services.settings.defaultRedirectTo).href };
  const own = ownClaimOf(userId);
  const claimed = await claimReferral(services, draft, attributes, [own, claimOf(draft)]);
  if (claimed.created || (await services.store.findClaimedReferral(own)) !== undefined) {
    return claimed;
  }
  // The user had made one to the same place before, which may expire: theirs is another one.
  return claimReferral(services, draft, attributes, [own]);
}

/** A user's own link; undefined where they have not been given one. */
export const findOwnReferral = (
  { store }: Services,
  userId: string,
): Promise<Referral | undefined> => store.findClaimedReferral(ownClaimOf(userId));

/** Whether a value that came from outside can be a code; longer than ours, so that imported ones work too. */
export const isCode = (value: unknown): value is string =>
  typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value);

/** Whether clicks on it have stopped counting. */
export const isExpired = (referral: Referral, now: Date): boolean =>
  referral.expiresAt !== undefined && new Date(referral.expiresAt) <= now;

async function claimReferral(
  { store, now, newId, newCode }: Services,
  draft: NewReferral,
  attributes: Owner['attributes'],
  claims: readonly [string, ...string[]],
): Promise<CreatedReferral> {
  const existing = await store.findClaimedReferral(claims[0]);
  if (existing !== undefined) return { referral: existing, created: false };
  const owner = draft.userId === undefined ? undefined : { userId: draft.userId, attributes };
  for (let attempt = 1; ; attempt++) {
    const at = now();
    const id = newId(at);
    const code = await newCode(draft, owner);
    try {
      const referral = await store.createReferral(
        { ...draft, id, code, createdAt: at.toISOString(), buckets: 1 },
        claims,
      );
      return { referral, created: referral.id === id };
    } catch (error) {
      const collided = error instanceof ReferralsError && error.code === 'code_taken';
      if (!collided || attempt === CODE_ATTEMPTS) throw error;
    }
  }
}

const ownClaimOf = (userId: string): string => digest(['own', userId]);

const claimOf = ({ userId, redirectTo, label, target }: NewReferral): string =>
  digest([userId ?? null, redirectTo, label ?? null, target ? [target.type, target.id] : null]);

const digest = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');
