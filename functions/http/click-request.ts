import { type ClickRequest, type ClickToClassify, kindOf } from '../core/click.ts';
import { codeInPath } from '../core/referral.ts';
import { type HttpEvent, ORIGIN_SECRET } from './http-handler.ts';

/** Headers in which browsers say that they load a page ahead. All but the first are of older ones. */
const PURPOSES = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'];

/** Headers with secrets: of the visitor, of another site in the address of the page before, or of the CDN. */
const SECRETS = new Set([
  'authorization',
  'cookie',
  'referer',
  'x-referral-session',
  ORIGIN_SECRET,
]);

/** Reads the code that a request asks for; empty if there can't be one. */
export const requestedCode = ({ pathParameters }: HttpEvent): string =>
  codeInPath(pathParameters?.proxy ?? '') ?? '';

/** Reads the parts of a request that tell the kind of its click. */
export const clickRequest = ({ headers, requestContext }: HttpEvent): ClickRequest => ({
  method: requestContext.http.method,
  purpose: PURPOSES.map((name) => headers[name] ?? '').join(' '),
  fetchDest: headers['sec-fetch-dest'],
  userAgent: requestContext.http.userAgent,
});

/** Makes the view of a click for the app's hook. */
export function clickToClassify(
  event: HttpEvent,
  code = requestedCode(event),
  request = clickRequest(event),
): ClickToClassify {
  return {
    code,
    kind: kindOf(request),
    method: request.method,
    userAgent: request.userAgent ?? '',
    headers: Object.fromEntries(
      Object.entries(event.headers).filter(([name]) => !SECRETS.has(name)),
    ),
  };
}
