import { countReferral } from '../core/counting.ts';
import { ownedReferral } from '../core/lists.ts';
import { json, referralAnswer } from '../http/answers.ts';
import { userHandler } from '../http/api-handler.ts';
import { readCode } from '../http/input.ts';
import { services } from '../setup/services.ts';

/** `GET /referrals/{code}`: one of the caller's referrals with its counts. */
export const handler = userHandler(readCode, async ({ userId, input: code }) => {
  const referral = await ownedReferral(services, userId, code);
  return json(200, referralAnswer(await countReferral(services, referral), services.settings));
});
