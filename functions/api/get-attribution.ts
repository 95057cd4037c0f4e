import * as v from 'valibot';
import { answerAttribution, visitorsAttribution } from '../http/attribution.ts';
import { answer, apiRoute } from '../http/route.ts';

/** `GET /attribution`: the referral that gets credit for this visitor's actions. */
export const getAttribution = apiRoute('get-attribution', {
  input: {},
  answers: { 200: v.strictObject({ referral: v.nullable(visitorsAttribution) }) },
  handle: async ({ services, visitor }) =>
    answer(200, { referral: visitor ? await answerAttribution(services, visitor) : null }),
});
