import { listReferrals } from '../core/lists.ts';
import { json, pageOf, referralAnswer } from '../http/answers.ts';
import { userHandler } from '../http/api-handler.ts';
import { readPage } from '../http/input.ts';
import { services } from '../setup/services.ts';

/** `GET /referrals`: the caller's referrals with their counts, newest first. */
export const handler = userHandler(readPage, async ({ userId, input }) => {
  const page = await listReferrals(services, userId, input);
  return json(
    200,
    pageOf(page, (referral) => referralAnswer(referral, services.settings)),
  );
});
