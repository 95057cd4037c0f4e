import httpJsonBodyParser from '@middy/http-json-body-parser';
import type { APIGatewayProxyEventV2WithJWTAuthorizer, Context } from 'aws-lambda';
import { type ErrorCode, ReferralsError } from '../core/errors.ts';
import { linkSession, linkSessionOnce } from '../core/link.ts';
import { type Route, type RouteName, routeKeyOf, routes } from '../routes.ts';
import type { FunctionServices } from '../setup/compose.ts';
import { parse } from '../validation/parse.ts';
import { type HttpAnswer, type HttpEvent, httpHandler } from './http-handler.ts';
import type { ApiAnswer, ApiRoute, InputSchemas } from './route.ts';
import { asksForPrivacy, isInHeader, sessionOf } from './session.ts';
import type { TokenVerifier } from './token.ts';

/** Routes that a page calls after a visitor has arrived. */
const ARRIVALS: ReadonlySet<RouteName> = new Set([
  'record-click',
  'create-session',
  'link-session',
]);

/** Bytes. */
const MAX_BODY = 8 * 1024;

// A body that is not JSON stays a string, so it is not the object that a schema wants.
const jsonBody = httpJsonBodyParser({ disableContentTypeError: true });

type Claims = Readonly<Record<string, unknown>>;

/** The routes of a function in the table of routes, by name. */
type RoutesOf<Function extends string> = {
  readonly [Name in Extract<
    (typeof routes)[number],
    { readonly function: Function }
  >['name']]: ApiRoute<Name>;
};

/**
 * Makes a function of the JSON API. First it reads and checks the request, so that malformed input changes
 * nothing. Then it links the session to the user, if both are there. Then the route handles the request.
 *
 * @param name of the function, as in the table of routes.
 * @param verifyToken verifies the token of a request, if it has one; needed if the gateway does not do it.
 * @example export const handler = apiHandler('create-referral', services, { 'create-referral': createReferral });
 */
export function apiHandler<Function extends (typeof routes)[number]['function']>(
  name: Function,
  services: FunctionServices,
  handlers: RoutesOf<Function>,
  verifyToken?: TokenVerifier,
) {
  const served = new Map(
    routes
      .filter((route) => route.function === name)
      .map((route) => [
        routeKeyOf(route),
        {
          auth: route.auth,
          isArrival: ARRIVALS.has(route.name),
          route: (handlers as Partial<Record<RouteName, ApiRoute>>)[route.name],
        },
      ]),
  );

  const claimsOf = async (auth: Route['auth'], event: HttpEvent): Promise<Claims | undefined> => {
    if (auth === 'user') return gatewayClaims(event);
    if (verifyToken === undefined) throw new Error(`The function ${name} can't verify tokens.`);
    return verifyToken(event.headers.authorization);
  };

  return httpHandler(services.settings, async (event, context) => {
    const { auth, isArrival, route } = served.get(event.routeKey) ?? {};
    if (auth === undefined || route === undefined) {
      throw new Error(`The function ${name} has no route ${event.routeKey}.`);
    }
    const input = readInput(route.input, event);
    const session = asksForPrivacy(event, services.settings)
      ? undefined
      : await sessionOf(event, services);
    const claims = await claimsOf(auth, event);
    const userId = claims && String(claims.sub);
    // No address of a page can bring a cookie, so its session is the browser's own.
    const linkNow = isArrival || !isInHeader(event) ? linkSession : linkSessionOnce;
    const linked =
      session && userId ? report(linkNow(services, session, userId)) : Promise.resolve(0);
    // What could not be linked now is linked by a later call.
    await linked.catch((error) => logFailure(event, context, error));
    const visitor = userId ? { userId } : session ? { session } : undefined;
    return json(
      await route.handle({
        event,
        input,
        services,
        userId: userId as string,
        claims: claims ?? {},
        session,
        visitor,
        linked,
      }),
    );
  })
    .before(({ event }) => refuseLargeBody(event))
    .before((request) => (request.event.body ? jsonBody.before?.(request) : undefined));
}

/** The claims of the token that the gateway's authorizer has verified. */
const gatewayClaims = (event: HttpEvent): Claims =>
  (event as APIGatewayProxyEventV2WithJWTAuthorizer).requestContext.authorizer.jwt.claims;

/** Reads each part of a request that has a schema. */
function readInput({ path, query, headers, body }: InputSchemas, event: HttpEvent) {
  return {
    path: path && parse(path, event.pathParameters ?? {}),
    query: query && parse(query, event.queryStringParameters ?? {}, queryError),
    headers:
      headers &&
      parse(headers, headersNamed(Object.keys(headers.entries), event), () => 'invalid_header'),
    body: body && parse(body, event.body),
  };
}

/** Headers under the given spellings. Events have them in lower case. */
const headersNamed = (names: readonly string[], { headers }: HttpEvent) =>
  Object.fromEntries(
    names
      .map((name) => [name, headers[name.toLowerCase()]])
      .filter(([, value]) => value !== undefined),
  );

/** The error of a wrong parameter. */
export const queryError = (field: string): ErrorCode =>
  field === 'limit' ? 'invalid_limit' : field === 'cursor' ? 'invalid_cursor' : 'invalid_query';

async function logFailure(event: HttpEvent, context: Context, error: unknown): Promise<void> {
  const { loggerOf } = await import('../setup/telemetry.ts');
  loggerOf(event, context).warn('A session is not linked yet.', error as Error);
}

/** Counts the responses that are linked. */
async function report(linking: Promise<number>): Promise<number> {
  const linked = await linking;
  if (linked > 0) {
    const { countMetric } = await import('../setup/telemetry.ts');
    countMetric('LinkedResponses', linked);
  }
  return linked;
}

/** A JSON answer. It is about one user, so no cache may keep it. */
const json = ({ status, body, cookies }: ApiAnswer): HttpAnswer => ({
  statusCode: status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
  ...(cookies && cookies.length > 0 && { cookies: [...cookies] }),
});

function refuseLargeBody({ body = '', isBase64Encoded }: HttpEvent): void {
  if (Buffer.byteLength(body, isBase64Encoded ? 'base64' : 'utf8') > MAX_BODY) {
    throw new ReferralsError('body_too_large', `The body must have at most ${MAX_BODY} bytes.`, {
      field: 'body',
    });
  }
}
