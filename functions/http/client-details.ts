import { isIP } from 'node:net';
import type { ClientDetails } from '../core/response.ts';
import { hookedClientIp } from '../setup/hooks.ts';
import type { EdgeSettings } from '../setup/settings.ts';
import type { HttpEvent } from './http-handler.ts';

// With these a click stays under 1 KB, which is what one write unit pays for.
const MAX_USER_AGENT = 256;
const MAX_REFERER = 270;

/** What a request tells about its client. */
export async function clientDetails(
  event: HttpEvent,
  settings: EdgeSettings,
): Promise<ClientDetails> {
  const { userAgent } = event.requestContext.http;
  const { referer } = event.headers;
  const ip = (await hookedClientIp(event)) ?? clientIp(event, settings);
  return {
    ...(referer && { httpReferer: referer.slice(0, MAX_REFERER).toWellFormed() }),
    ...(userAgent && { userAgent: userAgent.slice(0, MAX_USER_AGENT).toWellFormed() }),
    ...(ip && { ip }),
  };
}

/** API Gateway's own source IP, unless the app trusts a header: the first address in it. */
function clientIp(
  { headers, requestContext }: HttpEvent,
  { clientIpHeader }: EdgeSettings,
): string {
  const named = clientIpHeader && headers[clientIpHeader.toLowerCase()]?.split(',')[0]?.trim();
  return named && isIP(named) !== 0 ? named : requestContext.http.sourceIp;
}
