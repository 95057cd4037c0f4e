import type { ClientDetails } from '../core/response.ts';
import type { HttpEvent } from './http-handler.ts';

// What is over these lengths tells nothing more, and a row under 1 KB costs one write unit.
const MAX_USER_AGENT = 256;
const MAX_REFERER = 512;

/** What a request tells about its client. The IP is API Gateway's own, not a header a client can write. */
export function clientDetails({ headers, requestContext }: HttpEvent): ClientDetails {
  const { sourceIp, userAgent } = requestContext.http;
  const { referer } = headers;
  return {
    ...(referer && { httpReferer: referer.slice(0, MAX_REFERER) }),
    ...(userAgent && { userAgent: userAgent.slice(0, MAX_USER_AGENT) }),
    ...(sourceIp && { ip: sourceIp }),
  };
}
