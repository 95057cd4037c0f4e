import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { logger } from '../setup/telemetry.ts';

/**
 * Makes a function that the app's own backend or a schedule invokes directly. The caller gets its errors as
 * the function's error.
 *
 * @example export const handler = invocationHandler(async (event: unknown) => ({ ok: true }));
 */
export const invocationHandler = <Answer>(
  handle: (event: unknown, context: Context) => Promise<Answer>,
) => middy<unknown, Answer>().use(injectLambdaContext(logger)).handler(handle);
