import { listReferralResponses as listInDomain } from '../core/lists.ts';
import { pageQuery, showPage } from '../http/pages.ts';
import { codePath } from '../http/referrals.ts';
import { ownersResponses, showResponse } from '../http/responses.ts';
import { answer, apiRoute } from '../http/route.ts';

/** `GET /referrals/{code}/responses`: the responses to one of the caller's referrals, newest first. */
export const listReferralResponses = apiRoute('list-referral-responses', {
  input: { path: codePath, query: pageQuery },
  answers: { 200: ownersResponses },
  errors: ['hook_failed'],
  handle: async ({ services, userId, input }) => {
    const all = await listInDomain(services, userId, input.path.code, input.query);
    const page = await services.hooks.includedResponses(all);
    return answer(
      200,
      showPage(page, (response) => showResponse('owner', response, services.settings)),
    );
  },
});
