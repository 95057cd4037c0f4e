import { STATUS_CODES } from 'node:http';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type ErrorCode, ReferralsError } from '../core/errors.ts';

/** The status of each error. */
export const STATUS: Readonly<Record<ErrorCode | 'internal', number>> = {
  body_too_large: 413,
  code_taken: 409,
  forbidden: 403,
  hook_failed: 500,
  idempotency_mismatch: 422,
  internal: 500,
  invalid_cursor: 400,
  invalid_field: 422,
  invalid_handoff: 400,
  invalid_header: 400,
  invalid_limit: 400,
  invalid_query: 400,
  invalid_redirect: 422,
  invalid_session: 400,
  malformed_json: 400,
  referral_exists: 409,
  too_many_changes: 429,
  too_many_referrals: 409,
  unauthorized: 401,
  unavailable: 503,
  unknown_code: 404,
};

const HEADERS: Partial<Record<ErrorCode, Record<string, string>>> = {
  unauthorized: { 'www-authenticate': 'Bearer' },
  unavailable: { 'retry-after': '1' },
};

/**
 * Turns any error into a problem document (RFC 9457). For an error that is not a ReferralsError, the caller
 * gets a bare 500. Our own faults are logged once, with their cause.
 */
export const answerProblems = (): MiddlewareObj<
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2
> => ({
  onError: async (request) => {
    const { error, event, context } = request;
    const known = error instanceof ReferralsError ? error : malformedJson(error);
    const status = STATUS[known?.code ?? 'internal'];
    if (status >= 500) {
      const { loggerOf } = await import('../setup/telemetry.ts');
      loggerOf(event, context).error('The request failed.', error ?? 'unknown');
    }
    request.response = problem(status, known);
  },
});

// All errors of the body parser are about JSON that can't be read.
const malformedJson = (error: Error | null | undefined) =>
  (error?.cause as { package?: string } | undefined)?.package === '@middy/http-json-body-parser'
    ? new ReferralsError('malformed_json', 'The body is not valid JSON.', { field: 'body' })
    : undefined;

function problem(
  status: number,
  error: ReferralsError | undefined,
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(error && HEADERS[error.code]),
      ...(error?.retryAfter && { 'retry-after': String(error.retryAfter) }),
    },
    body: JSON.stringify({
      type: 'about:blank',
      title: STATUS_CODES[status],
      status,
      code: error?.code ?? 'internal',
      ...(error && { detail: error.message }),
      ...(error?.field && { field: error.field }),
      ...(error?.suggestion && { suggestion: error.suggestion }),
    }),
  };
}
