import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { logger, publishMetrics } from './telemetry.ts';

/**
 * A function that the app's own backend invokes: what it throws reaches the caller as the function's error.
 *
 * @example export const handler = invocationHandler(async (event: unknown) => ({ ok: true }));
 */
export const invocationHandler = <Answer>(handle: (event: unknown) => Promise<Answer>) =>
  middy<unknown, Answer>().use(injectLambdaContext(logger)).after(publishMetrics).handler(handle);
