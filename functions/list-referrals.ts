import { listReferrals } from './core/report.ts';
import { json, pageOf, referralAnswer } from './edge/answers.ts';
import { userHandler } from './edge/api-handler.ts';
import { readPage } from './edge/input.ts';
import { services } from './edge/services.ts';

/** `GET /referrals`: the caller's referrals with their counts, newest first. */
export const handler = userHandler(readPage, async ({ userId, input }) => {
  const page = await listReferrals(services, userId, input);
  return json(
    200,
    pageOf(page, (referral) => referralAnswer(referral, services.settings)),
  );
});
