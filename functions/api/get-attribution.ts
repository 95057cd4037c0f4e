import { attributedReferral } from '../core/attribution.ts';
import { countReferral } from '../core/counting.ts';
import { json, referralAnswer } from '../http/answers.ts';
import { apiHandler, nothing } from '../http/api-handler.ts';
import { bearerUser } from '../http/bearer-user.ts';
import { services } from '../setup/services.ts';

/** `GET /attribution`: the referral that this visitor's actions are credited to. */
export const handler = apiHandler(bearerUser, nothing, async ({ visitor }) => {
  const referral = visitor && (await attributedReferral(services, visitor));
  if (referral === undefined) return json(200, { referral: null });
  const counted = await countReferral(services, referral);
  return json(200, { referral: referralAnswer(counted, services.settings) });
});
