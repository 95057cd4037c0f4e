import { claimOf, holderOf, ownClaimOf, referralExists } from './claims.ts';
import { allowanceOf, codeTaken, spelled, tooManyChanges } from './codes.ts';
import { ReferralsError } from './errors.ts';
import type { NewReferral, Owner, Referral } from './referral.ts';
import { type CheckingServices, checkedData } from './referral-rules.ts';
import type { Using } from './services.ts';
import type { Claim, ReferralOutcome } from './store.ts';

export interface CreatedReferral {
  readonly referral: Referral;
  /** False if it existed before. */
  readonly created: boolean;
}

/** Services to create a referral. */
type CreatingServices = Using<'readClaim' | 'createReferral', 'now' | 'newId' | 'newCode', 'code'>;

// There are 62^10 codes, so two collisions in a row are already incredible. More tries would only hide a bug.
const CODE_ATTEMPTS = 3;

/**
 * Creates a referral, or returns the existing live one with the same owner, label, destination and target.
 *
 * @param attributes data of the owner that the app's hook may make the code from.
 * @throws ReferralsError `invalid_redirect` if `redirectTo` leaves the allowed hosts,
 *   `invalid_field` if `expiresAt` has passed, `code_taken` if no free code was found, `too_many_referrals` if the
 *   owner may make no more; and for a chosen code `referral_exists` if the existing referral has another one,
 *   `too_many_changes`.
 */
export async function createReferral(
  services: CreatingServices &
    CheckingServices &
    Using<'createOwnedReferral' | 'findReferral', never, 'maxReferralsPerUser'>,
  input: NewReferral,
  attributes: Owner['attributes'] = {},
): Promise<CreatedReferral> {
  const { store, settings } = services;
  const draft = { ...input, ...checkedData(services, input) };
  const { code: chosen, userId } = draft;
  const { referral, created } = await claimReferral(services, draft, attributes, {
    read: async (now) => {
      const claim = await store.readClaim(claimOf(draft));
      return { existing: holderOf(claim, now), claims: [claim] };
    },
    write: async (referral, claims, now) => {
      if (userId === undefined) return store.createReferral(referral, claims);
      const limit = settings.maxReferralsPerUser;
      const outcome = await store.createOwnedReferral(referral, claims, {
        userId,
        limit,
        ...(chosen !== undefined && { choice: allowanceOf(userId, now) }),
      });
      if (outcome === 'too_many_referrals') throw tooManyReferrals(limit);
      return outcome;
    },
    taken: (code) => codeTaken(services, code),
  });
  if (created || chosen === undefined) return { referral, created };
  // If the existing referral has the chosen code, this is the same request again.
  if ((await store.findReferral(chosen))?.code === referral.code) return { referral, created };
  throw referralExists(referral, 'code');
}

/**
 * A user's own link. It also has a claim for the user. So it stays the same when the default destination
 * changes, and when the user edits or stops it. Everybody gets it: it does not count for `maxReferralsPerUser`.
 */
export async function ownReferral(
  services: CreatingServices & Using<never, never, 'defaultRedirectTo'>,
  userId: string,
  attributes: Owner['attributes'] = {},
): Promise<CreatedReferral> {
  const { store, settings } = services;
  const draft = { userId, redirectTo: new URL(settings.defaultRedirectTo).href };
  return claimReferral(services, draft, attributes, {
    read: async (now) => {
      const own = await store.readClaim(ownClaimOf(userId));
      if (own.referral !== undefined) return { existing: own.referral, claims: [own] };
      const claim = await store.readClaim(claimOf(draft));
      // If the user made a link to the same destination before, their own link is another one.
      return { existing: undefined, claims: holderOf(claim, now) ? [own] : [own, claim] };
    },
    write: store.createReferral,
  });
}

/** A user's own link; undefined if they have none yet. */
export const findOwnReferral = async (
  { store }: Using<'readClaim'>,
  userId: string,
): Promise<Referral | undefined> => (await store.readClaim(ownClaimOf(userId))).referral;

const tooManyReferrals = (limit: number) =>
  new ReferralsError(
    'too_many_referrals',
    `You can make ${limit} links, and have made them all. Change one that you no longer need.`,
  );

/** The parts of a creation that depend on the kind of link. */
interface Creation {
  /** Reads the claims, and the referral that holds them. */
  readonly read: (now: Date) => Promise<{
    readonly existing: Referral | undefined;
    readonly claims: readonly Claim[];
  }>;
  readonly write: (
    referral: Referral,
    claims: readonly Claim[],
    now: Date,
  ) => Promise<ReferralOutcome>;
  /** The error if the owner's code is taken. */
  readonly taken?: (code: string) => Promise<ReferralsError>;
}

async function claimReferral(
  { now, newId, newCode, settings }: CreatingServices,
  draft: NewReferral,
  attributes: Owner['attributes'],
  { read, write, taken }: Creation,
): Promise<CreatedReferral> {
  const owner = draft.userId === undefined ? undefined : { userId: draft.userId, attributes };
  for (let collisions = 0; ; ) {
    const at = now();
    const { existing, claims } = await read(at);
    if (existing !== undefined) return { referral: existing, created: false };
    const code = draft.code ?? spelled(await newCode(draft, owner), settings);
    const referral = { ...draft, id: newId(at), code, createdAt: at.toISOString(), buckets: 1 };
    const outcome = await write(referral, claims, at);
    if (outcome === 'stored') return { referral, created: true };
    if (outcome === 'too_many_changes') throw tooManyChanges(at);
    if (outcome === 'outdated') continue;
    if (draft.code !== undefined && taken !== undefined) throw await taken(code);
    if (++collisions === CODE_ATTEMPTS) {
      throw new ReferralsError('code_taken', `The code ${code} is taken.`, { field: 'code' });
    }
  }
}
