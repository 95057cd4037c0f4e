import { listReferralResponses } from '../core/lists.ts';
import { json, pageOf, responseAnswer } from '../http/answers.ts';
import { userHandler } from '../http/api-handler.ts';
import { readCode, readPage } from '../http/input.ts';
import { includedResponses } from '../setup/hooks.ts';
import { services } from '../setup/services.ts';

/** `GET /referrals/{code}/responses`: the responses to one of the caller's referrals, newest first. */
export const handler = userHandler(
  (event) => ({ code: readCode(event), page: readPage(event) }),
  async ({ userId, input: { code, page } }) => {
    const all = await listReferralResponses(services, userId, code, page);
    const responses = await includedResponses(all);
    return json(
      200,
      pageOf(responses, (response) => responseAnswer(response, services.settings)),
    );
  },
);
