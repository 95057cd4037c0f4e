import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { logger } from '../setup/telemetry.ts';

/**
 * A function that is invoked directly, by the app's own backend or a schedule: what it throws reaches the
 * caller as the function's error.
 *
 * @example export const handler = invocationHandler(async (event: unknown) => ({ ok: true }));
 */
export const invocationHandler = <Answer>(
  handle: (event: unknown, context: Context) => Promise<Answer>,
) => middy<unknown, Answer>().use(injectLambdaContext(logger)).handler(handle);
