import { claimOf, holderOf, referralExists } from './claims.ts';
import { allowanceOf, codeTaken, tooManyChanges } from './codes.ts';
import { ownedReferral } from './owned-referral.ts';
import { isExpired, type Referral, type Target } from './referral.ts';
import { type CheckingServices, checkedData } from './referral-rules.ts';
import type { Using } from './services.ts';
import type { Claim, ReferralEdit } from './store.ts';

/** Changes of a referral. Null takes a value away; undefined leaves it. */
export interface ReferralChanges {
  readonly redirectTo?: string;
  readonly label?: string | null;
  readonly target?: Target | null;
  readonly expiresAt?: string | null;
  /** Whether the link is stopped. */
  readonly disabled?: boolean;
  /** A further code, which the link is shown with from now on. Earlier codes go on working. */
  readonly code?: string;
}

/** Services to edit a referral. */
type EditingServices = CheckingServices &
  Using<'findReferral' | 'readClaim' | 'editReferral', 'now' | 'newId'>;

/**
 * Edits a user's referral. If it changes meanwhile, it is read and edited again, so no edit is lost.
 *
 * @throws ReferralsError `unknown_code`, also if it is someone else's; the errors of creating a referral; and
 *   `referral_exists` if another live one of the user has the same destination, label and target.
 */
export async function editReferral(
  services: EditingServices,
  userId: string,
  code: string,
  given: ReferralChanges,
): Promise<Referral> {
  const { redirectTo, ...data } = checkedData(services, given);
  const changes = { ...given, ...data };
  for (;;) {
    const before = await ownedReferral(services, userId, code);
    const now = services.now();
    const referral = {
      ...changed(before, changes, now),
      ...(redirectTo !== undefined && { redirectTo }),
      version: services.newId(now),
    };
    const outcome = await services.store.editReferral(before, {
      referral,
      claim: await claimFor(services, before, referral, now, changes),
      choice: await choiceOf(services, userId, before, now, changes),
    });
    if (outcome === 'stored') return referral;
    if (outcome === 'too_many_changes') throw tooManyChanges(now);
    if (outcome === 'code_taken') throw await codeTaken(services, changes.code ?? '');
  }
}

/** The referral after the changes. */
function changed(
  { label, target, expiresAt, disabledAt, alias, ...rest }: Referral,
  changes: ReferralChanges,
  now: Date,
): Referral {
  const stoppedAt = disabledAt ?? now.toISOString();
  return {
    ...rest,
    ...given('label', changes.label, label),
    ...given('target', changes.target, target),
    ...given('expiresAt', changes.expiresAt, expiresAt),
    ...given(
      'disabledAt',
      changes.disabled === false ? null : changes.disabled && stoppedAt,
      disabledAt,
    ),
    ...given('alias', changes.code === rest.code ? null : changes.code, alias),
  };
}

/** A property with its new value, or else its old one; no property if it has neither. */
const given = <Name extends keyof Referral, Value>(
  name: Name,
  change: Value | null | undefined,
  old: Value | undefined,
): Partial<Record<Name, Value>> => {
  const value = change === undefined ? old : (change ?? undefined);
  return value === undefined ? {} : ({ [name]: value } as Record<Name, Value>);
};

/**
 * The claim that a live referral takes or keeps. Writing a kept one again makes a creation fail that has found
 * the referral expired meanwhile.
 */
async function claimFor(
  { store }: EditingServices,
  before: Referral,
  after: Referral,
  now: Date,
  changes: ReferralChanges,
): Promise<Claim | undefined> {
  if (isExpired(after, now)) return undefined;
  const claim = await store.readClaim(claimOf(after));
  const holder = holderOf(claim, now);
  if (holder === undefined || holder.code === after.code) return claim;
  // A user's own link may be the same as one that they made before. It has no such claim.
  if (!isExpired(before, now) && claimOf(before) === claim.id) return undefined;
  throw referralExists(holder, Object.keys(changes).find((field) => field !== 'code') ?? 'code');
}

/** The code that the owner chose; undefined if the link is shown with it already. */
async function choiceOf(
  services: EditingServices,
  userId: string,
  before: Referral,
  now: Date,
  { code }: ReferralChanges,
): Promise<ReferralEdit['choice']> {
  if (code === undefined || code === (before.alias ?? before.code)) return undefined;
  const found = await services.store.findReferral(code);
  if (found !== undefined && found.code !== before.code) throw await codeTaken(services, code);
  return {
    allowance: allowanceOf(userId, now),
    ...(found === undefined && { newAlias: code }),
  };
}
