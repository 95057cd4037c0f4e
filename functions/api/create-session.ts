import * as v from 'valibot';
import { takeHandoff } from '../core/hand-off.ts';
import { readClient } from '../http/client-details.ts';
import { answer, apiRoute } from '../http/route.ts';
import { jsonBody } from '../validation/objects.ts';
import { text } from '../validation/schemas.ts';

/** `POST /session`: exchanges the handoff in a landing page's address for a session. */
export const createSession = apiRoute('create-session', {
  input: { body: jsonBody({ handoff: text(512) }) },
  example: { handoff: 'AABRMAy0vLz2m3pO' },
  answers: { 200: v.strictObject({ session: v.string() }) },
  handle: async ({ event, services, session, userId, input }) => {
    const { clientIp, details } = await readClient(event, services);
    const taker = { session, userId, clientIp };
    return answer(200, {
      session: await takeHandoff(services, input.body.handoff, taker, details),
    });
  },
});
