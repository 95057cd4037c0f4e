import httpJsonBodyParser from '@middy/http-json-body-parser';
import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import { ReferralsError } from '../core/errors.ts';
import { linkSession } from '../core/link.ts';
import type { Visitor } from '../core/visitor.ts';
import { services } from '../setup/services.ts';
import { type HttpAnswer, type HttpEvent, httpHandler } from './http-handler.ts';
import { sessionOf } from './session.ts';

/** Bytes. */
const MAX_BODY = 8 * 1024;

/** A request after it was read; nothing that a client sent is unchecked from here on. */
export interface ApiRequest<Input, UserId> {
  readonly event: HttpEvent;
  readonly input: Input;
  readonly userId: UserId;
  /** The user, or else the session; undefined where the request carries neither. */
  readonly visitor: Visitor | undefined;
  /** How many responses this request moved from its session to its user. */
  readonly linked: number;
}

// What is not JSON stays a string, and then is not the object that a reader wants.
const jsonBody = httpJsonBodyParser({ disableContentTypeError: true });

type Handle<Input, UserId> = (request: ApiRequest<Input, UserId>) => Promise<HttpAnswer>;

/**
 * A function of the JSON API. First everything is read and checked, then a session that came with a user
 * is linked to them, then the request is handled; so malformed input leaves no mark.
 */
export const apiHandler = <Input, UserId extends string | undefined>(
  authenticate: (event: HttpEvent) => UserId | Promise<UserId>,
  read: (event: HttpEvent) => Input,
  handle: Handle<Input, UserId>,
) =>
  httpHandler(async (event) => {
    const input = read(event);
    const session = sessionOf(event, services.settings);
    const userId = await authenticate(event);
    if (userId === undefined) {
      return handle({
        event,
        input,
        userId,
        visitor: session ? { session } : undefined,
        linked: 0,
      });
    }
    const linked = session ? await linkSession(services, session, userId) : 0;
    if (linked > 0) {
      const { countMetric } = await import('../setup/telemetry.ts');
      countMetric('LinkedResponses', linked);
    }
    return handle({ event, input, userId, visitor: { userId }, linked });
  })
    .before(({ event }) => refuseLargeBody(event))
    .before((request) => (request.event.body ? jsonBody.before?.(request) : undefined));

/** A function for users only; the gateway's authorizer has verified their token. */
export const userHandler = <Input>(
  read: (event: HttpEvent) => Input,
  handle: Handle<Input, string>,
) => apiHandler(gatewayUser, read, handle);

/** Reads nothing. */
export const nothing = () => undefined;

/** The claims of the token that the gateway's authorizer has verified. */
export const gatewayClaims = (event: HttpEvent) =>
  (event as APIGatewayProxyEventV2WithJWTAuthorizer).requestContext.authorizer.jwt.claims;

const gatewayUser = (event: HttpEvent): string => String(gatewayClaims(event).sub);

function refuseLargeBody({ body = '', isBase64Encoded }: HttpEvent): void {
  if (Buffer.byteLength(body, isBase64Encoded ? 'base64' : 'utf8') > MAX_BODY) {
    throw new ReferralsError('body_too_large', `The body must have at most ${MAX_BODY} bytes.`, {
      field: 'body',
    });
  }
}
