import { createHash } from 'node:crypto';
import { ReferralsError } from './errors.ts';
import { resolveRedirect } from './redirect.ts';
import type { NewReferral, Owner, Referral } from './referral.ts';
import type { Using } from './services.ts';

export interface CreatedReferral {
  readonly referral: Referral;
  /** False if it existed before. */
  readonly created: boolean;
}

/** Services to create a referral. */
type CreatingServices = Using<
  'findClaimedReferral' | 'createReferral',
  'now' | 'newId' | 'newCode'
>;

// There are 62^10 codes, so two collisions in a row are already incredible. More tries would only hide a bug.
const CODE_ATTEMPTS = 3;

/**
 * Creates a referral, or returns the existing one with the same owner, label, destination and target.
 *
 * @param attributes data of the owner that the app's hook may make the code from.
 * @throws ReferralsError `invalid_redirect` if `redirectTo` leaves the allowed hosts,
 *   `invalid_field` if `expiresAt` has passed, `code_taken` if no free code was found.
 */
export function createReferral(
  services: CreatingServices & Using<never, never, 'appUrl' | 'redirectOrigins'>,
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
 * A user's own link. It also has a claim for the user, so that it stays the same when the default
 * destination changes.
 */
export async function ownReferral(
  services: CreatingServices & Using<never, never, 'defaultRedirectTo'>,
  userId: string,
  attributes: Owner['attributes'] = {},
): Promise<CreatedReferral> {
  const draft = { userId, redirectTo: new URL(services.settings.defaultRedirectTo).href };
  const own = ownClaimOf(userId);
  const claimed = await claimReferral(services, draft, attributes, [own, claimOf(draft)]);
  if (claimed.created || (await services.store.findClaimedReferral(own)) !== undefined) {
    return claimed;
  }
  // The user made a link to the same destination before, and it may expire. Their own link is another one.
  return claimReferral(services, draft, attributes, [own]);
}

/** A user's own link; undefined if they have none yet. */
export const findOwnReferral = (
  { store }: Using<'findClaimedReferral'>,
  userId: string,
): Promise<Referral | undefined> => store.findClaimedReferral(ownClaimOf(userId));

async function claimReferral(
  { store, now, newId, newCode }: CreatingServices,
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
