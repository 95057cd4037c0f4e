import * as v from 'valibot';
import { kindOf } from '../core/click.ts';
import { recordPageClick } from '../core/page-click.ts';
import { MAX_REDIRECT } from '../core/redirect.ts';
import { codeInPath } from '../core/referral.ts';
import { answerAttribution, visitorsArrival } from '../http/attribution.ts';
import { clickRequest, clickToClassify } from '../http/click-request.ts';
import { readClient } from '../http/client-details.ts';
import { readLinkQuery } from '../http/link-query.ts';
import { answer, apiRoute } from '../http/route.ts';
import { asksForPrivacy, keptSession } from '../http/session.ts';
import { jsonBody } from '../validation/objects.ts';
import { text } from '../validation/schemas.ts';

/** An address of a page. What can't be read is ignored, because the visitor arrived all the same. */
const address = v.exactOptional(v.string('must be a string'));

/** `POST /clicks`: records that this visitor arrived at a page of the app by `?ref=`. */
export const recordClick = apiRoute('record-click', {
  // A malformed code is simply not found.
  input: { body: jsonBody({ code: text(MAX_REDIRECT), page: address, referrer: address }) },
  example: {
    code: 'H7lMCTKv9X',
    page: 'https://app.example.com/pricing?utm_source=newsletter',
    referrer: 'https://blog.example.com/',
  },
  answers: { 200: visitorsArrival },
  errors: ['unknown_code'],
  handle: async ({ event, services, session: known, userId, input }) => {
    const { settings, hooks } = services;
    const { code: given, page = '', referrer = '' } = input.body;
    const code = codeInPath(given) ?? '';
    const query = readLinkQuery(URL.parse(page)?.search.slice(1) ?? '', settings.redirectParameter);
    // The page sends this itself, so what the browser loads by it says nothing.
    const request = { ...clickRequest(event), fetchDest: undefined };
    const [{ clientIp, details }, kind = kindOf(request)] = await Promise.all([
      readClient(event, services, referrer),
      hooks.classifyClick(clickToClassify(event, code, request), event.requestContext.requestId),
    ]);
    const session = await recordPageClick(services, {
      code,
      userId,
      sessions: known === undefined ? [] : [known],
      withoutSession: asksForPrivacy(event, settings),
      campaign: query.campaign,
      ...request,
      kind,
      ...details,
      clientIp,
    });
    const visitor = userId === undefined ? session && { session } : { userId };
    const referral = visitor ? await answerAttribution(services, visitor) : null;
    const { kept, cookies } = keptSession(session, settings);
    return answer(200, { referral, ...kept }, cookies);
  },
});
