import * as v from 'valibot';
import { takeHandoff } from '../core/hand-off.ts';
import { readClient } from '../http/client-details.ts';
import { answer, apiRoute } from '../http/route.ts';
import { asksForPrivacy, keptSession, sessionForPage } from '../http/session.ts';
import { jsonBody } from '../validation/objects.ts';
import { text } from '../validation/schemas.ts';

/**
 * `POST /session`: exchanges the handoff in a landing page's address for a session. Without a handoff, it tells
 * the session that the browser has already.
 */
export const createSession = apiRoute('create-session', {
  input: { body: jsonBody({ handoff: v.exactOptional(text(512)) }) },
  example: { handoff: 'AABRMAy0vLz2m3pO' },
  answers: { 200: v.strictObject(sessionForPage) },
  errors: ['invalid_handoff'],
  handle: async ({ event, services, session: known, userId, input }) => {
    const { settings } = services;
    const { handoff } = input.body;
    const { clientIp, details } = await readClient(event, services);
    const session = asksForPrivacy(event, settings)
      ? undefined
      : handoff === undefined
        ? known
        : await takeHandoff(services, handoff, { session: known, userId, clientIp }, details);
    const { kept, cookies } = keptSession(session, settings);
    return answer(200, kept, cookies);
  },
});
