import { recordAction } from './core/action.ts';
import { findAttribution } from './core/attribution.ts';
import { ReferralsError } from './core/errors.ts';
import { isGenuine } from './core/session.ts';
import type { Visitor } from './core/visitor.ts';
import { showAttribution } from './http/attribution.ts';
import { backendRequest, showResponse } from './http/responses.ts';
import { invocationHandler } from './messages/invocation-handler.ts';
import { services as allServices, type ServicesFor } from './setup/services.ts';
import { countMetric } from './setup/telemetry.ts';
import type { recordBackendAction } from './triggers.ts';
import { parse } from './validation/parse.ts';

const services: ServicesFor<typeof recordBackendAction> = allServices;

/**
 * Records a trusted action, or answers which referral would get credit. The app's own backend invokes this
 * function, because it knows the visitor without their token.
 */
export const handler = invocationHandler(async (event) => {
  const { settings } = services;
  const { userId, session, ...request } = parse(backendRequest, event);
  const visitor = userId === undefined ? await visitorOf(session ?? '') : { userId };
  if (request.type === 'attribution') {
    const attribution = await findAttribution(services, visitor);
    return { referral: attribution ? showAttribution('operator', attribution, settings) : null };
  }
  const { action, target, idempotencyKey } = request;
  const response = await recordAction(services, {
    visitor,
    action,
    ...(target && { target }),
    trusted: true,
    idempotencyKey,
  });
  countMetric(response ? 'Actions' : 'AttributionMisses');
  return { response: response ? showResponse('operator', response, settings) : null };
}).onError(({ error }) => {
  // Lambda tells the caller an error's name and message, and the caller wants to branch on the code, see
  // https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/Errors.js
  if (error instanceof ReferralsError) error.name = error.code;
});

async function visitorOf(session: string): Promise<Visitor> {
  if (isGenuine(session, await services.keys.ofSessions())) return { session };
  throw new ReferralsError(
    'invalid_field',
    'session must be a session that this service has handed out.',
    { field: 'session' },
  );
}
