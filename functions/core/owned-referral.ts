import { unknownCode } from './errors.ts';
import { isCode, type Referral } from './referral.ts';
import type { Using } from './services.ts';

/**
 * A user's referral by its code, or by a further code of it.
 *
 * @throws ReferralsError `unknown_code`, also if it is someone else's.
 */
export async function ownedReferral(
  { store }: Using<'findReferral'>,
  userId: string,
  code: string,
): Promise<Referral> {
  const referral = isCode(code) ? await store.findReferral(code) : undefined;
  if (referral?.userId !== userId) throw unknownCode();
  return referral;
}
