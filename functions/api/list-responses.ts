import { listResponses as listInDomain } from '../core/lists.ts';
import { pageQuery, showPage } from '../http/pages.ts';
import { ownersResponses, showResponse } from '../http/responses.ts';
import { answer, apiRoute } from '../http/route.ts';

/** `GET /responses`: the responses to all the caller's referrals, newest first. */
export const listResponses = apiRoute('list-responses', {
  input: { query: pageQuery },
  answers: { 200: ownersResponses },
  errors: ['hook_failed', 'too_many_referrals'],
  handle: async ({ services, userId, input }) => {
    const all = await listInDomain(services, userId, input.query);
    const page = await services.hooks.includedResponses(all);
    return answer(
      200,
      showPage(page, (response) => showResponse('owner', response, services.settings)),
    );
  },
});
