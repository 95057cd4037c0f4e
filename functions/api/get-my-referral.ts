import { countReferral } from '../core/counting.ts';
import { ownReferral } from '../core/create-referral.ts';
import { ownersReferral, showReferral } from '../http/referrals.ts';
import { answer, apiRoute } from '../http/route.ts';

/** `GET /me/referral`: the caller's own link. It is made now if the sign-up did not make it. */
export const getMyReferral = apiRoute('get-my-referral', {
  input: {},
  answers: { 200: ownersReferral },
  errors: ['code_taken', 'hook_failed'],
  handle: async ({ services, userId, claims }) => {
    const { referral } = await ownReferral(services, userId, claims);
    const counted = await countReferral(services, referral);
    return answer(200, showReferral('owner', counted, services.settings));
  },
});
