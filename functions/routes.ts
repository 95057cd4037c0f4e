/**
 * `none`: nobody is asked who they are. `user`: the gateway refuses requests without a valid token.
 * `optional`: a user and/or a session; the function itself verifies a token that is there, because a
 * gateway's authorizer can't let requests without one through.
 */
export type Auth = 'none' | 'user' | 'optional';

export interface Route {
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** Path in the syntax of API Gateway's HTTP APIs. */
  readonly path: string;
  /** File in `functions/`, without its extension. */
  readonly function: string;
  readonly auth: Auth;
}

// Greedy, because it is the only way in which an HTTP API lets one trailing slash through; and named
// `proxy`, because that is the one name that every emulator of it knows.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
const CLICK = '/r/{proxy+}';

/** The table of routes: the only place where method, path, function and auth are written. */
export const routes: readonly Route[] = [
  { method: 'GET', path: CLICK, function: 'hit', auth: 'none' },
  { method: 'HEAD', path: CLICK, function: 'hit', auth: 'none' },
  { method: 'POST', path: '/referrals', function: 'create-referral', auth: 'user' },
  { method: 'GET', path: '/referrals', function: 'list-referrals', auth: 'user' },
  { method: 'GET', path: '/referrals/{code}', function: 'get-referral', auth: 'user' },
  {
    method: 'GET',
    path: '/referrals/{code}/responses',
    function: 'list-referral-responses',
    auth: 'user',
  },
  { method: 'GET', path: '/referrals/{code}/stats', function: 'get-stats', auth: 'user' },
  { method: 'GET', path: '/responses', function: 'list-responses', auth: 'user' },
  { method: 'POST', path: '/actions', function: 'record-action', auth: 'optional' },
  { method: 'GET', path: '/attribution', function: 'get-attribution', auth: 'optional' },
  { method: 'POST', path: '/session/link', function: 'link-session', auth: 'user' },
  { method: 'GET', path: '/me/referral', function: 'get-my-referral', auth: 'user' },
];

/** Seconds that a function behind the API has to answer. */
export const apiTimeout = 10;

/** Seconds for a click: it is answered, or refused with a 503, before a visitor gives up. */
export const clickTimeout = 3;

/** What a browser on the app's origin may send; the origins themselves are each deployment's own. */
export const cors = {
  methods: ['GET', 'HEAD', 'POST'],
  headers: ['authorization', 'content-type', 'idempotency-key', 'x-referral-session'],
  /** Seconds for which a browser may remember the answer to a preflight. */
  maxAge: 3600,
} as const;
