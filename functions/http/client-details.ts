import { isIP } from 'node:net';
import type { ClientDetails } from '../core/response.ts';
import type { HookCalls } from '../setup/hooks.ts';
import type { FunctionSettings } from '../setup/settings.ts';
import type { HttpEvent } from './http-handler.ts';

// These limits keep a click under 1 KB, the size that one write unit pays for.
const MAX_USER_AGENT = 256;
const MAX_REFERER = 270;

/** Reads the details of the client from a request. */
export async function clientDetails(
  event: HttpEvent,
  {
    settings,
    hooks,
  }: {
    readonly settings: Pick<FunctionSettings, 'clientIpHeader'>;
    readonly hooks: Pick<HookCalls, 'clientIp'>;
  },
): Promise<ClientDetails> {
  const { userAgent } = event.requestContext.http;
  const { referer } = event.headers;
  const ip = (await hooks.clientIp(event)) ?? clientIp(event, settings.clientIpHeader);
  return {
    ...(referer && { httpReferer: referer.slice(0, MAX_REFERER).toWellFormed() }),
    ...(userAgent && { userAgent: userAgent.slice(0, MAX_USER_AGENT).toWellFormed() }),
    ...(ip && { ip }),
  };
}

/** The first address in the header that the app trusts, or else API Gateway's own source IP. */
function clientIp({ headers, requestContext }: HttpEvent, header: string | undefined): string {
  const named = header && headers[header.toLowerCase()]?.split(',')[0]?.trim();
  return named && isIP(named) !== 0 ? named : requestContext.http.sourceIp;
}
