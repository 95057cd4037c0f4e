import type { ClientDetails } from '../core/response.ts';
import type { HttpEvent } from './http-handler.ts';

// With these a click stays under 1 KB, which is what one write unit pays for.
const MAX_USER_AGENT = 256;
const MAX_REFERER = 384;

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
