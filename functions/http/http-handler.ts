import middy from '@middy/core';
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
} from 'aws-lambda';
import { unavailable } from '../core/errors.ts';
import { answerProblems } from './problem.ts';

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
export const httpHandler = (handle: (event: HttpEvent, context: Context) => Promise<HttpAnswer>) =>
  middy<HttpEvent, HttpAnswer>({ timeoutEarlyInMillis: RESERVE, timeoutEarlyResponse: refuse })
    .use(answerProblems())
    .handler(handle);
