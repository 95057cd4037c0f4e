import { recordAction } from './core/action.ts';
import { responseAnswer } from './http/answers.ts';
import { DirectAction } from './http/input.ts';
import { invocationHandler } from './messages/invocation-handler.ts';
import { services } from './setup/services.ts';
import { countMetric } from './setup/telemetry.ts';
import { parse } from './validation/parse.ts';

/**
 * Invoked by the app's own backend, which knows who did something without their token: records it as
 * `POST /actions` does.
 */
export const handler = invocationHandler(async (event) => {
  const { userId, session, idempotencyKey, ...action } = parse(DirectAction, event);
  const visitor = userId === undefined ? { session: session ?? '' } : { userId };
  const response = await recordAction(services, { visitor, idempotencyKey, ...action });
  countMetric(response ? 'Actions' : 'AttributionMisses');
  return { response: response ? responseAnswer(response, services.settings) : null };
});
