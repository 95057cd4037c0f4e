import { recordAction } from './core/action.ts';
import { responseAnswer } from './edge/answers.ts';
import { DirectAction } from './edge/input.ts';
import { invocationHandler } from './edge/invocation-handler.ts';
import { parse } from './edge/parse.ts';
import { services } from './edge/services.ts';
import { countMetric } from './edge/telemetry.ts';

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
