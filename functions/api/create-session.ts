import * as v from 'valibot';
import { takeHandoff } from '../core/hand-off.ts';
import { clientDetails } from '../http/client-details.ts';
import { answer, apiRoute } from '../http/route.ts';
import { jsonBody } from '../validation/objects.ts';
import { text } from '../validation/schemas.ts';

/** `POST /session`: exchanges the handoff in a landing page's address for a session. */
export const createSession = apiRoute('create-session', {
  input: { body: jsonBody({ handoff: text(512) }) },
  example: { handoff: 'AABRMAy0vLz2m3pO' },
  answers: { 200: v.strictObject({ session: v.string() }) },
  handle: async ({ event, services, session, userId, input }) => {
    const client = await clientDetails(event, services);
    const { handoff } = input.body;
    return answer(200, {
      session: await takeHandoff(services, handoff, { session, userId }, client),
    });
  },
});
