import { recordAction } from './core/action.ts';
import { json, responseAnswer } from './http/answers.ts';
import { apiHandler } from './http/api-handler.ts';
import { bearerUser } from './http/bearer-user.ts';
import { clientDetails } from './http/client-details.ts';
import { ActionBody, bodyReader, readIdempotencyKey } from './http/input.ts';
import { services } from './setup/services.ts';
import { countMetric } from './setup/telemetry.ts';

const readBody = bodyReader(ActionBody);

/** `POST /actions`: records what this visitor did, credited to whoever brought them. */
export const handler = apiHandler(
  bearerUser,
  (event) => ({ ...readBody(event), idempotencyKey: readIdempotencyKey(event) }),
  async ({ event, visitor, input }) => {
    const client = await clientDetails(event, services.settings);
    const response = visitor && (await recordAction(services, { visitor, ...input, ...client }));
    countMetric(response ? 'Actions' : 'AttributionMisses');
    if (response === undefined) return json(200, { response: null });
    return json(201, { response: responseAnswer(response, services.settings) });
  },
);
