import { createHash, timingSafeEqual } from 'node:crypto';
import middy from '@middy/core';
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
} from 'aws-lambda';
import { ReferralsError, unavailable } from '../core/errors.ts';
import type { FunctionSettings } from '../setup/settings.ts';
import { answerProblems } from './problem.ts';
import { addSecurityHeaders } from './security-headers.ts';

export type HttpEvent = APIGatewayProxyEventV2;
export type HttpAnswer = APIGatewayProxyStructuredResultV2;

/** Milliseconds of the function's time that are reserved for the answer. */
const RESERVE = 200;

/** Header in which a CDN in front sends its secret. */
export const ORIGIN_SECRET = 'x-origin-secret';

const refuse = () => {
  throw unavailable();
};

/**
 * Makes a function behind the HTTP API. It answers errors, and refuses a request when time runs out.
 *
 * @example export const handler = httpHandler(settings, async (event) => ({ statusCode: 204 }));
 */
export const httpHandler = (
  settings: FunctionSettings,
  handle: (event: HttpEvent, context: Context) => Promise<HttpAnswer>,
) => {
  const { originSecret } = settings;
  const handler = middy<HttpEvent, HttpAnswer>({
    timeoutEarlyInMillis: RESERVE,
    timeoutEarlyResponse: refuse,
  })
    // Answers come by in reverse order.
    .use(addSecurityHeaders(settings))
    .use(answerProblems());
  if (originSecret !== undefined) handler.before(({ event }) => refuseOthers(event, originSecret));
  return handler.handler(handle);
};

/** Refuses a request that did not come through the CDN in front, which adds its secret to each one. */
function refuseOthers({ headers }: HttpEvent, secret: string): void {
  const [given, expected] = [headers[ORIGIN_SECRET] ?? '', secret].map((text) =>
    createHash('sha256').update(text).digest(),
  );
  if (given && expected && timingSafeEqual(given, expected)) return;
  throw new ReferralsError('forbidden', "Requests must come through the links' own domain.");
}
