import type { Context } from 'aws-lambda';
import { type Redirect, recordClick } from './core/click.ts';
import { clientDetails } from './http/client-details.ts';
import { type HttpAnswer, type HttpEvent, httpHandler } from './http/http-handler.ts';
import { sessionCookie, sessionOfCookie, withSession } from './http/session.ts';
import { sendMessage } from './messages/queue.ts';
import { clickServices } from './setup/click-services.ts';

const services = await clickServices(sendMessage);

/** `GET` and `HEAD /r/{code}`: records the click, then redirects. */
export const handler = httpHandler(async (event, context): Promise<HttpAnswer> => {
  const { settings } = services;
  const { location, session, ...recorded } = await recordClick(services, {
    code: (event.pathParameters?.proxy ?? '').replace(/\/$/, ''),
    method: event.requestContext.http.method,
    session: sessionOfCookie(event, settings),
    redirectTo: event.queryStringParameters?.[settings.redirectParameter],
    purpose: event.headers['sec-purpose'] ?? event.headers.purpose,
    ...(await clientDetails(event, services)),
  });
  await report(recorded, event, context);
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

/** Counts and logs clicks that reach the stream late or never. The stream counts the others. */
async function report(
  { outcome, failure }: Pick<Redirect, 'outcome' | 'failure'>,
  event: HttpEvent,
  context: Context,
): Promise<void> {
  if (outcome !== 'expired' && failure === undefined) return;
  const { countMetric, loggerOf } = await import('./setup/telemetry.ts');
  if (failure === undefined) return countMetric('Clicks', 1, { kind: outcome });
  countMetric('QueuedClicks');
  loggerOf(event, context).warn('A click could not be stored. It waits in the queue.', failure);
}
