import type middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { FunctionSettings } from '../setup/settings.ts';

/**
 * Adds the security headers that all answers have. Strict transport is only for the links' own domain: the
 * gateway's belongs to AWS.
 */
export function addSecurityHeaders({
  strictTransport,
}: Pick<FunctionSettings, 'strictTransport'>): middy.MiddlewareObj<
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2
> {
  const add: middy.MiddlewareFn<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> = ({
    response,
  }) => {
    if (!response) return;
    response.headers = {
      ...response.headers,
      'x-content-type-options': 'nosniff',
      ...(strictTransport && { 'strict-transport-security': `max-age=${strictTransport}` }),
    };
  };
  return { after: add, onError: add };
}
