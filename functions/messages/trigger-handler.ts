import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { countMetric, logger } from '../setup/telemetry.ts';

/** Milliseconds of the function's time that are reserved for queueing and answering. */
const RESERVE = 1_500;

/**
 * Makes a Cognito trigger that never stands in the user's way. If `handle` fails or takes too long, Cognito
 * still gets its event back, and `retry` gets the event too.
 *
 * @example export const handler = triggerHandler('SignUpFailures', { handle, retry });
 */
export const triggerHandler = <Event>(
  failureMetric: string,
  { handle, retry }: Record<'handle' | 'retry', (event: Event) => Promise<void>>,
) =>
  middy<Event, Event>({ timeoutEarlyInMillis: RESERVE })
    .onError(async (request) => {
      logger.error('The trigger failed.', request.error ?? 'unknown');
      countMetric(failureMetric);
      await retry(request.event).catch((error) => logger.error('It is not queued either.', error));
      request.response = request.event;
    })
    .use(injectLambdaContext(logger))
    .handler(async (event) => {
      await handle(event);
      return event;
    });
