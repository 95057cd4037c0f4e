import type { FunctionStoreMethod } from './store/table-rights.ts';

interface RouteBase {
  /** File in `functions/api/`, without its extension; `hit` and `files` are functions of their own. */
  readonly name: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path in the syntax of API Gateway's HTTP APIs. */
  readonly path: string;
  /** The Lambda function that answers: its file in `functions/`, without the extension. */
  readonly function: string;
  /** Group of rate limits at the gateway. */
  readonly throttle: 'clicks' | 'sessions' | 'api';
  /** Time limit of the function, in seconds. */
  readonly timeout: number;
  /** Store methods that the route calls, besides those that link a session. */
  readonly store: readonly FunctionStoreMethod[];
}

/** The gateway refuses requests without a valid token. */
interface UserRoute extends RouteBase {
  readonly auth: 'user';
}

/**
 * `none`: no authentication. `optional`: a user and/or a session. The function verifies a token itself,
 * because a gateway's authorizer can't let requests without a token through.
 */
interface OpenRoute extends RouteBase {
  readonly auth: 'none' | 'optional';
  /** Why the gateway lets requests through without a token; one sentence, for cdk-nag's report. */
  readonly openBecause: string;
}

export type Route = UserRoute | OpenRoute;

const click = {
  // Greedy, because an HTTP API has no other way to accept one trailing slash. Named `proxy`, because this
  // is the only name that every emulator knows.
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
  path: '/r/{proxy+}',
  function: 'hit',
  auth: 'none',
  openBecause: 'Anybody may click a link.',
  throttle: 'clicks',
  // A click gets its redirect, or a 503, before the visitor gives up.
  timeout: 3,
  store: ['findReferral', 'putResponse', 'findSessionUser', 'standingOf', 'readKeys', 'createKey'],
} as const;

/** A file for pages and developers. */
const file = {
  name: 'files',
  method: 'GET',
  function: 'files',
  auth: 'none',
  openBecause: 'Any page may load the snippet, and anybody may read the contract.',
  throttle: 'api',
  timeout: 3,
  store: [],
} as const;

/** A route for users. These routes share a function, so that they warm each other. */
const ofUser = { function: 'api', auth: 'user', throttle: 'api', timeout: 10 } as const;

/** A route for users and for visitors without an account. */
const ofVisitor = {
  auth: 'optional',
  openBecause:
    'Visitors without an account act too; the function verifies a token if there is one.',
  throttle: 'api',
  timeout: 10,
} as const;

/** Store methods that count a referral. */
const counting = ['readCounts', 'readTotal', 'closedHours', 'responsesBetween'] as const;

/** Store methods that find the referral that gets credit. */
const attributing = ['findReferral', 'findSessionUser', 'responsesOf', 'readClaim'] as const;

/** Store methods that link a session. Every route with a user does this. */
export const linking = [
  'readKeys',
  'createKey',
  'findSessionUser',
  'claimSession',
  'settleSession',
  'linkResponses',
  'readClaim',
  'findReferral',
  'responsesOf',
  'standingOf',
  'putResponse',
  'putResponseOnce',
] as const;

/**
 * The table of routes. Only this table defines the method, path, function, limits and store methods of a
 * route.
 */
export const routes = [
  { ...click, name: 'hit', method: 'GET' },
  { ...click, name: 'hit', method: 'HEAD' },
  { ...file, path: '/referrals.js' },
  { ...file, path: '/openapi.json' },
  {
    ...ofUser,
    name: 'create-referral',
    method: 'POST',
    path: '/referrals',
    function: 'create-referral',
    store: ['findReferral', 'readClaim', 'createReferral', 'createOwnedReferral', ...counting],
  },
  {
    ...ofUser,
    name: 'list-referrals',
    method: 'GET',
    path: '/referrals',
    store: ['listReferrals', 'readAllCounts', 'responsesSince', ...counting],
  },
  {
    ...ofUser,
    name: 'get-referral',
    method: 'GET',
    path: '/referrals/{code}',
    store: ['findReferral', ...counting],
  },
  {
    ...ofUser,
    name: 'edit-referral',
    method: 'PATCH',
    path: '/referrals/{code}',
    store: ['findReferral', 'readClaim', 'editReferral', ...counting],
  },
  {
    ...ofUser,
    name: 'list-referral-responses',
    method: 'GET',
    path: '/referrals/{code}/responses',
    store: ['findReferral', 'listResponses'],
  },
  {
    ...ofUser,
    name: 'get-stats',
    method: 'GET',
    path: '/referrals/{code}/stats',
    store: ['findReferral', 'readCounts', 'responsesBetween', 'closedHours'],
  },
  {
    ...ofUser,
    name: 'list-responses',
    method: 'GET',
    path: '/responses',
    store: ['allReferrals', 'listResponses'],
  },
  {
    ...ofVisitor,
    name: 'record-action',
    method: 'POST',
    path: '/actions',
    function: 'record-action',
    store: [...attributing, 'standingOf', 'putResponse', 'putResponseOnce'],
  },
  {
    ...ofVisitor,
    name: 'get-attribution',
    method: 'GET',
    path: '/attribution',
    function: 'api',
    store: attributing,
  },
  {
    ...ofVisitor,
    name: 'enter-code',
    method: 'POST',
    path: '/attribution',
    function: 'api',
    // So that guessing codes does not pay.
    throttle: 'sessions',
    store: [...attributing, 'standingOf', 'putResponse', 'putResponseOnce'],
  },
  {
    ...ofVisitor,
    name: 'record-click',
    method: 'POST',
    path: '/clicks',
    function: 'api',
    throttle: 'clicks',
    // It also links the click that it has just recorded.
    store: linking,
  },
  {
    ...ofVisitor,
    name: 'create-session',
    method: 'POST',
    path: '/session',
    function: 'api',
    throttle: 'sessions',
    store: ['claimHandoff', 'putResponse', 'findReferral'],
  },
  {
    ...ofUser,
    name: 'link-session',
    method: 'POST',
    path: '/session/link',
    store: [],
  },
  {
    ...ofUser,
    name: 'get-my-referral',
    method: 'GET',
    path: '/me/referral',
    store: ['readClaim', 'createReferral', ...counting],
  },
] as const satisfies readonly Route[];

export type RouteName = (typeof routes)[number]['name'];

/** The entry of a route in the table. */
export type RouteNamed<Name extends RouteName> = Extract<
  (typeof routes)[number],
  { readonly name: Name }
>;

/** API Gateway's name for a route: `GET /referrals/{code}`. */
export const routeKeyOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string =>
  `${method} ${path}`;

/** Methods and headers that a browser may send. Each deployment has its own origins. */
export const cors = {
  methods: [...new Set(routes.map(({ method }) => method))],
  headers: ['authorization', 'content-type', 'idempotency-key', 'x-referral-session'],
  /** Headers of answers that a page may read, besides those that it always may. */
  exposedHeaders: ['retry-after'],
  /** How long a browser may remember the answer to a preflight, in seconds. */
  maxAge: 3600,
} as const;
