import * as v from 'valibot';
import { queryError } from '../functions/http/api-handler.ts';
import { STATUS } from '../functions/http/problem.ts';
import type { ApiRoute } from '../functions/http/route.ts';
import type { Route } from '../functions/routes.ts';

export type ProblemCode = keyof typeof STATUS;

/** An error of the service. */
export const problem = v.strictObject({
  type: v.literal('about:blank'),
  title: v.string(),
  status: v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)),
  code: v.picklist(Object.keys(STATUS) as ProblemCode[]),
  detail: v.exactOptional(v.string()),
  field: v.exactOptional(v.string()),
  suggestion: v.exactOptional(v.string()),
});

/** An error of the gateway in front of the service. */
export const gatewayProblem = v.strictObject({ message: v.string() });

/** When a request gets a problem. */
export const reasons: Readonly<Record<ProblemCode, string>> = {
  body_too_large: 'The body has over 8 KB.',
  code_taken:
    'Another link has the code; `suggestion` has a similar one that is free. Or the service found no free code.',
  forbidden: 'The request came past the CDN in front.',
  hook_failed: "One of the app's hooks threw, or returned a wrong value.",
  idempotency_mismatch: 'The key was used with another body before.',
  internal: 'A bug in the service.',
  invalid_cursor: '`cursor` is not the `nextCursor` of a page.',
  invalid_field:
    'A field has a wrong type, is too long, missing or unknown, has control or invisible characters, or has a value that is not allowed.',
  invalid_handoff: 'The handoff was altered, or is older than a day or two.',
  invalid_header: 'A header is malformed.',
  invalid_limit: '`limit` is not from 1 to 100.',
  invalid_query: 'A parameter is malformed.',
  invalid_redirect: 'The destination leaves the allowed hosts.',
  invalid_session: 'The header `X-Referral-Session` is not a session of this service.',
  malformed_json: 'The body is not JSON.',
  referral_exists: 'You have another live link with the same destination, label and target.',
  too_many_changes:
    'You have chosen five codes today (UTC); try again after the seconds in `Retry-After`.',
  too_many_referrals:
    'You have made as many links as a user may; `detail` says how many. Or your links are too many, or too busy, to list the responses of all of them.',
  unauthorized: 'The token is not valid.',
  unavailable: "The database can't be reached; try again after the seconds in `Retry-After`.",
  unknown_code: 'The link does not exist, or belongs to somebody else.',
};

/** Every function behind the gateway can answer these. */
const general: readonly ProblemCode[] = ['forbidden', 'internal', 'unavailable'];

/** The problems of a route: those that follow from its caller and its input, and its own. */
export function problemsOf(
  { auth, method }: Pick<Route, 'auth' | 'method'>,
  { input: { path, query, headers, body }, errors = [] }: Pick<ApiRoute, 'input' | 'errors'>,
): readonly ProblemCode[] {
  return [
    ...general,
    ...(auth === 'none' ? [] : (['invalid_session'] as const)),
    ...(auth === 'optional' ? (['unauthorized'] as const) : []),
    ...(method === 'GET' || method === 'HEAD'
      ? []
      : (['body_too_large', 'malformed_json'] as const)),
    ...(path ? (['unknown_code'] as const) : []),
    // The redirect ignores what is malformed.
    ...(query && auth !== 'none' ? Object.keys(query.entries).map(queryError) : []),
    ...(headers ? (['invalid_header'] as const) : []),
    ...(body ? (['invalid_field'] as const) : []),
    ...errors,
  ];
}
