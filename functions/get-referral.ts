import { countReferral, ownedReferral } from './core/report.ts';
import { json, referralAnswer } from './edge/answers.ts';
import { userHandler } from './edge/api-handler.ts';
import { readCode } from './edge/input.ts';
import { services } from './edge/services.ts';

/** `GET /referrals/{code}`: one of the caller's referrals with its counts. */
export const handler = userHandler(readCode, async ({ userId, input: code }) => {
  const referral = await ownedReferral(services, userId, code);
  return json(200, referralAnswer(await countReferral(services, referral), services.settings));
});
