import { createHash } from 'node:crypto';
import { ReferralsError } from './errors.ts';
import { isExpired, type NewReferral, type Referral } from './referral.ts';
import type { Claim } from './store.ts';

/** The claim of a user's own link. */
export const ownClaimOf = (userId: string): string => digest(['own', userId]);

/** The claim of a referral: no other live one has its owner, destination, label and target. */
export const claimOf = ({
  userId,
  redirectTo,
  label,
  target,
}: Pick<NewReferral, 'userId' | 'redirectTo' | 'label' | 'target'>): string =>
  digest([userId ?? null, redirectTo, label ?? null, target ? [target.type, target.id] : null]);

/**
 * The live referral that holds a claim. A referral loses its claim if it expires, is stopped, or is edited
 * into another one.
 *
 * @returns undefined if the claim is free.
 */
export const holderOf = ({ id, referral }: Claim, now: Date): Referral | undefined =>
  referral !== undefined && !isExpired(referral, now) && claimOf(referral) === id
    ? referral
    : undefined;

/** For an owner whose live link is the same already. */
export const referralExists = ({ code, alias }: Referral, field: string) =>
  new ReferralsError(
    'referral_exists',
    `You already have a link with this destination, label and target: ${alias ?? code}.`,
    { field },
  );

const digest = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');
