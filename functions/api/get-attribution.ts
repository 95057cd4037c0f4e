import * as v from 'valibot';
import { findAttribution } from '../core/attribution.ts';
import { showAttribution, visitorsAttribution } from '../http/attribution.ts';
import { answer, apiRoute } from '../http/route.ts';

/** `GET /attribution`: the referral that gets credit for this visitor's actions. */
export const getAttribution = apiRoute('get-attribution', {
  input: {},
  answers: { 200: v.strictObject({ referral: v.nullable(visitorsAttribution) }) },
  handle: async ({ services, visitor }) => {
    const attribution = visitor && (await findAttribution(services, visitor));
    if (attribution === undefined) return answer(200, { referral: null });
    const added = await services.hooks.publicReferral(attribution.referral);
    const shown = showAttribution('visitor', attribution, services.settings);
    return answer(200, { referral: { ...added, ...shown } });
  },
});
