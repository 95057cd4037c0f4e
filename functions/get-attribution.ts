import { attributedReferral } from './core/attribution.ts';
import { countReferral } from './core/report.ts';
import { json, referralAnswer } from './edge/answers.ts';
import { apiHandler, nothing } from './edge/api-handler.ts';
import { bearerUser } from './edge/bearer-user.ts';
import { services } from './edge/services.ts';

/** `GET /attribution`: the referral that this visitor's actions are credited to. */
export const handler = apiHandler(bearerUser, nothing, async ({ visitor }) => {
  const referral = visitor && (await attributedReferral(services, visitor));
  if (referral === undefined) return json(200, { referral: null });
  const counted = await countReferral(services, referral);
  return json(200, { referral: referralAnswer(counted, services.settings) });
});
