import { recordClick } from './core/click.ts';
import { services } from './edge/click-services.ts';
import { clientDetails } from './edge/client-details.ts';
import { type HttpAnswer, type HttpEvent, httpHandler } from './edge/http-handler.ts';
import { sessionCookie, sessionOfCookie, withSession } from './edge/session.ts';
import { countMetric } from './edge/telemetry.ts';

/** `GET` and `HEAD /r/{code}`: records the click, then redirects. */
export const handler = httpHandler(async (event: HttpEvent): Promise<HttpAnswer> => {
  const { settings } = services;
  const { location, outcome, session } = await recordClick(services, {
    code: (event.pathParameters?.proxy ?? '').replace(/\/$/, ''),
    method: event.requestContext.http.method,
    session: sessionOfCookie(event, settings),
    redirectTo: event.queryStringParameters?.[settings.redirectParameter],
    purpose: event.headers['sec-purpose'] ?? event.headers.purpose,
    ...(await clientDetails(event, settings)),
  });
  if (outcome === 'queued') countMetric('QueuedClicks');
  else countMetric('Clicks', 1, { kind: outcome });
  return {
    statusCode: 302,
    headers: {
      location: session && settings.session.inUrl ? withSession(location, session) : location,
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex',
    },
    ...(session && { cookies: [sessionCookie(session, settings)] }),
  };
});
