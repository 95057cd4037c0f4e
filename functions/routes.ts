import type { FunctionStoreMethod } from './store/table-rights.ts';

interface RouteBase {
  /** File in `functions/api/`, without its extension; `hit` is a function of its own. */
  readonly name: string;
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** Path in the syntax of API Gateway's HTTP APIs. */
  readonly path: string;
  /** File in `functions/`, without its extension: the Lambda function that answers. */
  readonly function: string;
  /** Group of limits at the gateway. */
  readonly throttle: 'clicks' | 'api';
  /** Seconds that the function has to answer. */
  readonly timeout: number;
  /** Methods of the store that the route calls, besides those that link a session. */
  readonly store: readonly FunctionStoreMethod[];
}

/** The gateway refuses requests without a valid token. */
interface UserRoute extends RouteBase {
  readonly auth: 'user';
}

/**
 * `none`: nobody is asked who they are. `optional`: a user and/or a session; the function itself verifies a
 * token that is there, because a gateway's authorizer can't let requests without one through.
 */
interface OpenRoute extends RouteBase {
  readonly auth: 'none' | 'optional';
  /** Why the gateway lets requests through without a token; one sentence, for cdk-nag's report. */
  readonly openBecause: string;
}

export type Route = UserRoute | OpenRoute;

const click = {
  // Greedy, because it is the only way in which an HTTP API lets one trailing slash through; and named
  // `proxy`, because that is the one name that every emulator of it knows.
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
  path: '/r/{proxy+}',
  function: 'hit',
  auth: 'none',
  openBecause: 'A link is for anybody to click.',
  throttle: 'clicks',
  // A click is answered, or refused with a 503, before a visitor gives up.
  timeout: 3,
  store: ['findReferral', 'putResponse', 'findSessionUser', 'hasResponded'],
} as const;

/** A route of users. They share a function, so that they warm each other. */
const ofUser = { function: 'api', auth: 'user', throttle: 'api', timeout: 10 } as const;

/** A route of users and of visitors without an account. */
const ofVisitor = {
  auth: 'optional',
  openBecause: 'Visitors without an account act too; the function verifies a token that is there.',
  throttle: 'api',
  timeout: 10,
} as const;

/** Methods of the store that give a referral's counts. */
const counting = ['findReferral', 'openHours', 'readTotal', 'readHour', 'eachResponse'] as const;

/** Methods of the store that find the referral to be credited. */
const attributing = ['findReferral', 'findSessionUser', 'responsesOf'] as const;

/**
 * The table of routes: the only place where a route's method, path, function, limits and use of the store
 * are written.
 */
export const routes = [
  { ...click, name: 'hit', method: 'GET' },
  { ...click, name: 'hit', method: 'HEAD' },
  {
    ...ofUser,
    name: 'create-referral',
    method: 'POST',
    path: '/referrals',
    function: 'create-referral',
    store: ['findClaimedReferral', 'createReferral', ...counting],
  },
  {
    ...ofUser,
    name: 'list-referrals',
    method: 'GET',
    path: '/referrals',
    store: ['listReferrals', ...counting],
  },
  {
    ...ofUser,
    name: 'get-referral',
    method: 'GET',
    path: '/referrals/{code}',
    store: counting,
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
    store: ['findReferral', 'openHours', 'readTotal', 'eachResponse', 'closedHours'],
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
    store: [...attributing, 'putResponse', 'putResponseOnce'],
  },
  {
    ...ofVisitor,
    name: 'get-attribution',
    method: 'GET',
    path: '/attribution',
    function: 'api',
    store: [...attributing, ...counting],
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
    store: ['findClaimedReferral', 'createReferral', ...counting],
  },
] as const satisfies readonly Route[];

export type RouteName = (typeof routes)[number]['name'];

/** The route with a name, as the table has it. */
export type RouteNamed<Name extends RouteName> = Extract<
  (typeof routes)[number],
  { readonly name: Name }
>;

/** What API Gateway calls a route: `GET /referrals/{code}`. */
export const routeKeyOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string =>
  `${method} ${path}`;

/** Methods of the store that link a session, which every route does that knows a user. */
export const linking = ['findSessionUser', 'putSessionUser', 'moveResponses'] as const;

/** What a browser on the app's origin may send; the origins themselves are each deployment's own. */
export const cors = {
  methods: [...new Set(routes.map(({ method }) => method))],
  headers: ['authorization', 'content-type', 'idempotency-key', 'x-referral-session'],
  /** Seconds for which a browser may remember the answer to a preflight. */
  maxAge: 3600,
} as const;
