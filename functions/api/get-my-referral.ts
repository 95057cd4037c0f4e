import { countReferral } from '../core/counting.ts';
import { ownReferral } from '../core/create-referral.ts';
import { json, referralAnswer } from '../http/answers.ts';
import { gatewayClaims, nothing, userHandler } from '../http/api-handler.ts';
import { services } from '../setup/services.ts';

/** `GET /me/referral`: the caller's own link, made now if signing up did not make it. */
export const handler = userHandler(nothing, async ({ event, userId }) => {
  const { referral } = await ownReferral(services, userId, gatewayClaims(event));
  return json(200, referralAnswer(await countReferral(services, referral), services.settings));
});
