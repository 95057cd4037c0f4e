import type { Context } from 'aws-lambda';
import { type Redirect, recordClick } from './core/click.ts';
import { ReferralsError } from './core/errors.ts';
import { handOff } from './core/hand-off.ts';
import { clickRequest, clickToClassify, requestedCode } from './http/click-request.ts';
import { readClient } from './http/client-details.ts';
import { deadEnd, opensPage } from './http/dead-end.ts';
import { type HttpAnswer, type HttpEvent, httpHandler } from './http/http-handler.ts';
import { readLinkQuery, withParameters } from './http/link-query.ts';
import {
  asksForPrivacy,
  HANDOFF,
  handsOver,
  sessionCookie,
  sessionsOfCookie,
} from './http/session.ts';
import { sendMessage } from './messages/queue.ts';
import { clickServices } from './setup/click-services.ts';

const services = await clickServices(sendMessage);

/** `GET` and `HEAD /r/{code}`: records the click, then redirects. */
export const handler = httpHandler(services.settings, async (event, context) => {
  try {
    return await redirect(event, context);
  } catch (error) {
    const isUnknown = error instanceof ReferralsError && error.code === 'unknown_code';
    if (isUnknown && opensPage(event)) return deadEnd(services.settings.defaultRedirectTo);
    throw error;
  }
});

async function redirect(event: HttpEvent, context: Context): Promise<HttpAnswer> {
  const { settings, hooks } = services;
  const { others, ...query } = readLinkQuery(
    event.rawQueryString ?? '',
    settings.redirectParameter,
  );
  const asked = clickToClassify(event);
  const [{ clientIp, details }, kind = asked.kind] = await Promise.all([
    readClient(event, services),
    hooks.classifyClick(asked, event.requestContext.requestId),
  ]);
  const { location, code, session, canHandOff, ...recorded } = await recordClick(services, {
    code: requestedCode(event),
    sessions: sessionsOfCookie(event, settings),
    withoutSession: asksForPrivacy(event, settings),
    ...query,
    ...clickRequest(event),
    kind,
    ...details,
    clientIp,
  });
  const handoff =
    session && canHandOff && handsOver(location, settings)
      ? await handOff(services, session, code)
      : undefined;
  await report(recorded, event, context);
  return {
    statusCode: 302,
    headers: {
      location: withParameters(location, others, handoff && `${HANDOFF}=${handoff}`),
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex',
      // What browsers do by default, so that the destination learns the page before as it would without us.
      'referrer-policy': 'strict-origin-when-cross-origin',
    },
    ...(session && { cookies: [sessionCookie(session, settings)] }),
  };
}

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
