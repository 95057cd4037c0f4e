import { listReferralResponses } from './core/report.ts';
import { json, pageOf, responseAnswer } from './edge/answers.ts';
import { userHandler } from './edge/api-handler.ts';
import { includedResponses } from './edge/hooks.ts';
import { readCode, readPage } from './edge/input.ts';
import { services } from './edge/services.ts';

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
