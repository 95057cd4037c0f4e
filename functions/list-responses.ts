import { listResponses } from './core/report.ts';
import { json, pageOf, responseAnswer } from './edge/answers.ts';
import { userHandler } from './edge/api-handler.ts';
import { includedResponses } from './edge/hooks.ts';
import { readPage } from './edge/input.ts';
import { services } from './edge/services.ts';

/** `GET /responses`: the responses to all the caller's referrals, newest first. */
export const handler = userHandler(readPage, async ({ userId, input }) => {
  const page = await includedResponses(await listResponses(services, userId, input));
  return json(
    200,
    pageOf(page, (response) => responseAnswer(response, services.settings)),
  );
});
