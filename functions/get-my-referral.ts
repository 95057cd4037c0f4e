import { ownReferral } from './core/referral.ts';
import { countReferral } from './core/report.ts';
import { json, referralAnswer } from './edge/answers.ts';
import { gatewayClaims, nothing, userHandler } from './edge/api-handler.ts';
import { services } from './edge/services.ts';

/** `GET /me/referral`: the caller's own link, made now if signing up did not make it. */
export const handler = userHandler(nothing, async ({ event, userId }) => {
  const { referral } = await ownReferral(services, userId, gatewayClaims(event));
  return json(200, referralAnswer(await countReferral(services, referral), services.settings));
});
