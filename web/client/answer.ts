import { ReferralsProblem } from '../problem.ts';

/** Codes of the gateway's own answers, which have none. */
const GATEWAY_CODES: Readonly<Record<number, string>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  429: 'too_many_requests',
  503: 'unavailable',
};

/** The problem in an answer; undefined if the call succeeded. */
export async function problemOf(
  { method, url }: Request,
  response: Response,
): Promise<ReferralsProblem | undefined> {
  const { ok, status, headers } = response;
  const type = headers.get('content-type')?.split(';')[0] || 'no content type';
  if (ok && /json$/.test(type)) return undefined;
  const { code, detail, title, field, suggestion, message } = parse(await response.text());
  const retryAfter = secondsOf(headers.get('retry-after'));
  if (code) {
    return new ReferralsProblem(detail ?? title ?? code, {
      code,
      status,
      field,
      suggestion,
      retryAfter,
    });
  }
  const call = `${method} ${new URL(url).pathname}`;
  return message && GATEWAY_CODES[status]
    ? new ReferralsProblem(`The gateway answered ${call} with ${status}: ${message}`, {
        code: GATEWAY_CODES[status],
        status,
        retryAfter,
      })
    : new ReferralsProblem(
        `${call} got ${status} with ${type}, which is no answer of the API. apiUrl must be its origin, and whatever is in front must let it through.`,
        { code: 'unexpected_answer', status, retryAfter },
      );
}

/** The fields of a JSON object; none of anything else. */
function parse(text: string): Readonly<Record<string, string | undefined>> {
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
