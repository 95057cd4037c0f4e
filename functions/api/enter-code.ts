import { MAX_REDIRECT } from '../core/redirect.ts';
import { enterCode as enterInDomain } from '../core/typed-code.ts';
import { answerAttribution, visitorsArrival } from '../http/attribution.ts';
import { readClient } from '../http/client-details.ts';
import { answer, apiRoute } from '../http/route.ts';
import { asksForPrivacy, keptSession } from '../http/session.ts';
import { jsonBody } from '../validation/objects.ts';
import { text } from '../validation/schemas.ts';

/** `POST /attribution`: records that this visitor came by a code that they typed. */
export const enterCode = apiRoute('enter-code', {
  // A malformed code is simply not found.
  input: { body: jsonBody({ code: text(MAX_REDIRECT) }) },
  example: { code: 'H7lMCTKv9X' },
  answers: { 200: visitorsArrival },
  errors: ['unknown_code'],
  handle: async ({ event, services, visitor: known, session, userId, input }) => {
    const { clientIp, details } = await readClient(event, services);
    const visitor = await enterInDomain(services, known, input.body.code, {
      clientIp,
      ...details,
    });
    const isPrivate = userId === undefined && asksForPrivacy(event, services.settings);
    const drawn = 'session' in visitor && !isPrivate ? visitor.session : undefined;
    const { kept, cookies } = keptSession(session ?? drawn, services.settings);
    const referral = isPrivate ? null : await answerAttribution(services, visitor);
    return answer(200, { referral, ...kept }, cookies);
  },
});
