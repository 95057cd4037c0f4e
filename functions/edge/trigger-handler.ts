import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { countMetric, logger, publishMetrics } from './telemetry.ts';

/** Milliseconds that are kept for answering, of the time that the function has. */
const RESERVE = 500;

/**
 * A Cognito trigger that never stands in the user's way: whatever goes wrong, and however long it takes,
 * Cognito gets its event back.
 *
 * @example export const handler = triggerHandler<PostConfirmationTriggerEvent>('SignUpFailures', async (event) => {});
 */
export const triggerHandler = <Event>(
  failureMetric: string,
  handle: (event: Event) => Promise<void>,
) =>
  middy<Event, Event>({ timeoutEarlyInMillis: RESERVE })
    .onError((request) => {
      logger.error('The trigger failed.', request.error ?? 'unknown');
      countMetric(failureMetric);
      publishMetrics();
      request.response = request.event;
    })
    .use(injectLambdaContext(logger))
    .after(publishMetrics)
    .handler(async (event) => {
      await handle(event);
      return event;
    });
