import { countReferral } from '../core/counting.ts';
import { editReferral as editInDomain } from '../core/edit-referral.ts';
import { codePath, ownersReferral, referralChanges, showReferral } from '../http/referrals.ts';
import { answer, apiRoute } from '../http/route.ts';

/** `PATCH /referrals/{code}`: edits one of the caller's referrals. */
export const editReferral = apiRoute('edit-referral', {
  input: { path: codePath, body: referralChanges },
  example: { label: 'spring', expiresAt: null, disabled: true },
  answers: { 200: ownersReferral },
  errors: ['code_taken', 'invalid_redirect', 'referral_exists', 'too_many_changes'],
  handle: async ({ services, userId, input }) => {
    const referral = await editInDomain(services, userId, input.path.code, input.body);
    const counted = await countReferral(services, referral);
    return answer(200, showReferral('owner', counted, services.settings));
  },
});
