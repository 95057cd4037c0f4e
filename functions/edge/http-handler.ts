import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { unavailable } from '../core/errors.ts';
import { answerProblems } from './problem.ts';
import { logger, publishMetrics } from './telemetry.ts';

export type HttpEvent = APIGatewayProxyEventV2;
export type HttpAnswer = APIGatewayProxyStructuredResultV2;

/** Milliseconds that are kept for answering, of the time that the function has. */
const RESERVE = 200;

const refuse = () => {
  throw unavailable();
};

/**
 * What every function behind the HTTP API has around it.
 *
 * @example export const handler = httpHandler(async (event) => ({ statusCode: 204 }));
 */
export const httpHandler = (handle: (event: HttpEvent) => Promise<HttpAnswer>) =>
  middy<HttpEvent, HttpAnswer>({ timeoutEarlyInMillis: RESERVE, timeoutEarlyResponse: refuse })
    // Registered first, because middy runs the onError hooks last-registered first.
    .use(answerProblems())
    .use(injectLambdaContext(logger))
    .before(({ event }) => logger.setCorrelationId(event.requestContext.requestId))
    .after(publishMetrics)
    .handler(handle);
