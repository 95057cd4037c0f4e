import { ReferralsProblem } from '../problem.ts';

/** Codes of the gateway's own answers, which have none. */
const GATEWAY_CODES: Readonly<Record<number, string>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  429: 'too_many_requests',
  503: 'unavailable',
};

/**
 * Sends a request, and reads the answer.
 *
 * @throws ReferralsProblem if it is no success. The reason of the request's signal, if that ends it.
 */
export async function fetchAnswer(request: Request): Promise<Response> {
  try {
    // The page's own at the time of the call.
    const response = await globalThis.fetch(request);
    const text = await response.text();
    if (!response.ok || typeOf(response) !== 'application/json') {
      throw problemOf(request, response, text);
    }
    return new Response(text, response);
  } catch (error) {
    request.signal.throwIfAborted();
    throw error instanceof ReferralsProblem ? error : unreachable(request, error);
  }
}

const typeOf = ({ headers }: Response): string =>
  headers.get('content-type')?.split(';')[0] || 'no content type';

const unreachable = ({ url }: Request, cause: unknown): ReferralsProblem =>
  new ReferralsProblem(
    `${new URL(url).origin} did not answer: ${cause instanceof Error ? cause.message : cause}. In a browser, this can be CORS: the page's origin must be appUrl.`,
    { code: 'unreachable', cause },
  );

function problemOf({ method, url }: Request, response: Response, text: string): ReferralsProblem {
  const { status, headers } = response;
  const { code, detail, title, message, field, suggestion } = fieldsOf(text);
  const retryAfter = secondsOf(headers.get('retry-after'));
  if (code) {
    const options = { code, status, field, suggestion, retryAfter };
    return new ReferralsProblem(detail ?? title ?? code, options);
  }
  const call = `${method} ${new URL(url).pathname}`;
  return message && GATEWAY_CODES[status]
    ? new ReferralsProblem(`The gateway answered ${call} with ${status}: ${message}`, {
        code: GATEWAY_CODES[status],
        status,
        retryAfter,
      })
    : new ReferralsProblem(
        `${call} got ${status} with ${typeOf(response)}, which is no answer of the API. apiUrl must be its origin, and whatever is in front must let it through.`,
        { code: 'unexpected_answer', status, retryAfter },
      );
}

/** The fields of a JSON object; none of anything else. */
function fieldsOf(text: string): Readonly<Record<string, string | undefined>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Seconds until a time that is given as seconds or as a date, see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function secondsOf(retryAfter: string | null): number | undefined {
  if (!retryAfter) return undefined;
  const seconds = Number(retryAfter);
  const wait = Number.isNaN(seconds) ? (Date.parse(retryAfter) - Date.now()) / 1000 : seconds;
  return Number.isNaN(wait) ? undefined : Math.max(0, Math.ceil(wait));
}
