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

/** Milliseconds of the function's time that are reserved for the answer. */
const RESERVE = 200;

const refuse = () => {
  throw unavailable();
};

/**
 * Makes a function behind the HTTP API. It answers errors, and refuses a request when time runs out.
 *
 * @example export const handler = httpHandler(async (event) => ({ statusCode: 204 }));
 */
export const httpHandler = (handle: (event: HttpEvent, context: Context) => Promise<HttpAnswer>) =>
  middy<HttpEvent, HttpAnswer>({ timeoutEarlyInMillis: RESERVE, timeoutEarlyResponse: refuse })
    .use(answerProblems())
    .handler(handle);
