import { countReferral } from '../core/counting.ts';
import { ownedReferral } from '../core/owned-referral.ts';
import { codePath, ownersReferral, showReferral } from '../http/referrals.ts';
import { answer, apiRoute } from '../http/route.ts';

/** `GET /referrals/{code}`: one of the caller's referrals with its counts. */
export const getReferral = apiRoute('get-referral', {
  input: { path: codePath },
  answers: { 200: ownersReferral },
  handle: async ({ services, userId, input }) => {
    const referral = await ownedReferral(services, userId, input.path.code);
    const counted = await countReferral(services, referral);
    return answer(200, showReferral('owner', counted, services.settings));
  },
});
