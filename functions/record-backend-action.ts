import { recordAction } from './core/action.ts';
import { backendAction, showResponse } from './http/responses.ts';
import { invocationHandler } from './messages/invocation-handler.ts';
import { services as allServices, type ServicesFor } from './setup/services.ts';
import { countMetric } from './setup/telemetry.ts';
import type { recordBackendAction } from './triggers.ts';
import { parse } from './validation/parse.ts';

const services: ServicesFor<typeof recordBackendAction> = allServices;

/**
 * Records an action like `POST /actions`. The app's own backend invokes this function, because it knows the
 * visitor without their token.
 */
export const handler = invocationHandler(async (event) => {
  const { userId, session, idempotencyKey, ...action } = parse(backendAction, event);
  const visitor = userId === undefined ? { session: session ?? '' } : { userId };
  const response = await recordAction(services, { visitor, idempotencyKey, ...action });
  countMetric(response ? 'Actions' : 'AttributionMisses');
  return { response: response ? showResponse('operator', response, services.settings) : null };
});
