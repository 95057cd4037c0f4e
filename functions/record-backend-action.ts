import { recordAction } from './core/action.ts';
import { backendAction, showResponse } from './http/responses.ts';
import { invocationHandler } from './messages/invocation-handler.ts';
import { services as allServices, type ServicesFor } from './setup/services.ts';
import { countMetric } from './setup/telemetry.ts';
import type { recordBackendAction } from './triggers.ts';
import { parse } from './validation/parse.ts';

const services: ServicesFor<typeof recordBackendAction> = allServices;

/**
 * Invoked by the app's own backend, which knows who did something without their token: records it as
 * `POST /actions` does.
 */
export const handler = invocationHandler(async (event) => {
  const { userId, session, idempotencyKey, ...action } = parse(backendAction, event);
  const visitor = userId === undefined ? { session: session ?? '' } : { userId };
  const response = await recordAction(services, { visitor, idempotencyKey, ...action });
  countMetric(response ? 'Actions' : 'AttributionMisses');
  return { response: response ? showResponse('operator', response, services.settings) : null };
});
