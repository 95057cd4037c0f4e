import * as v from 'valibot';
import { attributedReferral } from '../core/attribution.ts';
import { countReferral } from '../core/counting.ts';
import { showReferral, visitorsReferral } from '../http/referrals.ts';
import { answer, apiRoute } from '../http/route.ts';

/** `GET /attribution`: the referral that gets credit for this visitor's actions. */
export const getAttribution = apiRoute('get-attribution', {
  input: {},
  answers: { 200: v.strictObject({ referral: v.nullable(visitorsReferral) }) },
  handle: async ({ services, visitor }) => {
    const referral = visitor && (await attributedReferral(services, visitor));
    if (referral === undefined) return answer(200, { referral: null });
    const counted = await countReferral(services, referral);
    return answer(200, { referral: showReferral('visitor', counted, services.settings) });
  },
});
