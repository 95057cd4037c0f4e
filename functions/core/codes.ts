import { ReferralsError } from './errors.ts';
import type { Referral } from './referral.ts';
import type { Using } from './services.ts';
import type { Settings } from './settings.ts';
import type { CodeAllowance } from './store.ts';

/** Format of a code that an owner chooses. */
export const OWN_CODE = /^[A-Za-z0-9_-]{4,64}$/;

const MAX_LENGTH = 64;

/** Number of codes that a user may choose in a day. */
const CHOICES_PER_DAY = 5;

const DAY = 24 * 60 * 60 * 1000;

/** Names that mislead, or that belong to the service. */
const RESERVED = new Set(
  `about account admin administrator api app attribution auth billing contact dashboard default demo
  example handoff help home index legal link login logout mail me moderator null official openapi operator
  owner pay payment privacy referral referrals register response responses robots root search security
  session settings signin signout signup staff stats status support system terms test undefined user users
  verify webhook www`.split(/\s+/),
);

/** Whether a code is a name that nobody may choose, in whatever spelling. */
export const isReserved = (code: string): boolean =>
  RESERVED.has(code.toLowerCase().replaceAll(/[-_]/g, ''));

/** A code as new ones are spelled: in lower case, if codes are found in either case. */
export const spelled = (code: string, { code: { ignoreCase } }: Pick<Settings, 'code'>): string =>
  ignoreCase ? code.toLowerCase() : code;

/** Finds a link by its code as it was written, or else as new codes are spelled. */
export async function findSpelled(
  { findRecentReferral, settings }: Using<never, 'findRecentReferral', 'code'>,
  code: string,
): Promise<Referral | undefined> {
  const found = await findRecentReferral(code);
  const spelling = spelled(code, settings);
  return found ?? (spelling === code ? undefined : findRecentReferral(spelling));
}

/**
 * Checks that owners may choose codes.
 *
 * @throws ReferralsError `invalid_field`.
 */
export function requireCodeChoice({ code }: Pick<Settings, 'code'>): void {
  if (code.custom) return;
  throw new ReferralsError('invalid_field', "code can't be chosen here.", { field: 'code' });
}

/** How many codes a user may choose today. */
export const allowanceOf = (userId: string, now: Date): CodeAllowance => ({
  userId,
  day: now.toISOString().slice(0, 10),
  limit: CHOICES_PER_DAY,
});

/** For a user who has chosen too many codes today. */
export const tooManyChanges = (now: Date) =>
  new ReferralsError(
    'too_many_changes',
    `You can choose ${CHOICES_PER_DAY} codes a day. Try again tomorrow (UTC).`,
    { field: 'code', retryAfter: Math.ceil((DAY - (now.getTime() % DAY)) / 1000) },
  );

/** For a code that another link has, with a similar one that is free. */
export const codeTaken = async (
  services: Using<'findReferral', 'now' | 'newId'>,
  code: string,
): Promise<ReferralsError> =>
  new ReferralsError('code_taken', `The code ${code} is taken.`, {
    field: 'code',
    suggestion: await similarCode(services, code),
  });

/** A free code such as `ada-2` for `ada`; undefined if none is found. */
async function similarCode(
  { store, now, newId }: Using<'findReferral', 'now' | 'newId'>,
  code: string,
): Promise<string | undefined> {
  const random = newId(now()).slice(-6).toLowerCase();
  for (const suffix of ['-2', '-3', '-4', '-5', `-${random}`]) {
    const similar = `${code.slice(0, MAX_LENGTH - suffix.length)}${suffix}`;
    if ((await store.findReferral(similar)) === undefined) return similar;
  }
  return undefined;
}
