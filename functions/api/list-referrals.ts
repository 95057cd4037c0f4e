import { listReferrals as listInDomain } from '../core/lists.ts';
import { pageQuery, showPage } from '../http/pages.ts';
import { ownersReferrals, showReferral } from '../http/referrals.ts';
import { answer, apiRoute } from '../http/route.ts';

/** `GET /referrals`: the caller's referrals with their counts, newest first. */
export const listReferrals = apiRoute('list-referrals', {
  input: { query: pageQuery },
  answers: { 200: ownersReferrals },
  handle: async ({ services, userId, input }) => {
    const page = await listInDomain(services, userId, input.query);
    return answer(
      200,
      showPage(page, (referral) => showReferral('owner', referral, services.settings)),
    );
  },
});
