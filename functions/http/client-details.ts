import { isIP } from 'node:net';
import { keptIp } from '../core/ip.ts';
import { keptReferer } from '../core/referer.ts';
import type { ClientDetails } from '../core/response.ts';
import type { HookCalls } from '../setup/hooks.ts';
import type { FunctionSettings } from '../setup/settings.ts';
import type { HttpEvent } from './http-handler.ts';

// Bytes. These limits keep a click under 1 KB, the size that one write unit pays for.
const MAX_USER_AGENT = 256;
const MAX_REFERER = 200;

interface DetailServices {
  readonly settings: Pick<FunctionSettings, 'clientIpHeader' | 'ip' | 'referer'>;
  readonly hooks: Pick<HookCalls, 'clientIp'>;
}

/** A visitor's client, as its request tells. */
export interface Client {
  /** The whole IP address, which is never stored; undefined if the app keeps nothing of it. */
  readonly clientIp: string | undefined;
  /** What is kept. */
  readonly details: ClientDetails;
}

/** Reads the details of the client that are kept. */
export const clientDetails = async (
  event: HttpEvent,
  services: DetailServices,
): Promise<ClientDetails> => (await readClient(event, services)).details;

/**
 * Reads the client of a request.
 *
 * @param referer the page before; the request's header by default.
 */
export async function readClient(
  event: HttpEvent,
  services: DetailServices,
  referer = event.headers.referer,
): Promise<Client> {
  const { settings } = services;
  const { userAgent } = event.requestContext.http;
  const httpReferer = referer && keptReferer(referer, settings.referer);
  const clientIp = settings.ip === 'none' ? undefined : await visitorIp(event, services);
  const ip = clientIp && keptIp(clientIp, settings.ip);
  const details = {
    ...(httpReferer && { httpReferer: cut(httpReferer, MAX_REFERER) }),
    ...(userAgent && { userAgent: cut(userAgent, MAX_USER_AGENT) }),
    ...(ip && { ip }),
  };
  return { clientIp, details };
}

/** The visitor's whole IP address. It is not kept, unless the app asks for that. */
export const visitorIp = async (
  event: HttpEvent,
  { settings, hooks }: DetailServices,
): Promise<string> =>
  (await hooks.clientIp(event)) ??
  addressIn(settings.clientIpHeader, event) ??
  event.requestContext.http.sourceIp;

/**
 * The last address in a header: the proxy in front of us has added it. A client can write those before it. The
 * gateway appends the proxy's own address, which is its source IP, to `X-Forwarded-For`.
 */
function addressIn(
  header: string | undefined,
  { headers, requestContext }: HttpEvent,
): string | undefined {
  const addresses = header && headers[header.toLowerCase()]?.split(',');
  if (!addresses) return undefined;
  const [last = '', previous] = addresses.map((address) => address.trim()).reverse();
  const found = last === requestContext.http.sourceIp ? (previous ?? last) : last;
  return isIP(found) === 0 ? undefined : found;
}

/** As much of a text as fits into some bytes, in whole characters. */
const cut = (text: string, bytes: number): string =>
  new TextDecoder().decode(Buffer.from(text).subarray(0, bytes), { stream: true });
