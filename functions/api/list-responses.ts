import { listResponses } from '../core/lists.ts';
import { json, pageOf, responseAnswer } from '../http/answers.ts';
import { userHandler } from '../http/api-handler.ts';
import { readPage } from '../http/input.ts';
import { includedResponses } from '../setup/hooks.ts';
import { services } from '../setup/services.ts';

/** `GET /responses`: the responses to all the caller's referrals, newest first. */
export const handler = userHandler(readPage, async ({ userId, input }) => {
  const page = await includedResponses(await listResponses(services, userId, input));
  return json(
    200,
    pageOf(page, (response) => responseAnswer(response, services.settings)),
  );
});
