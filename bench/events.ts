import type { IncomingMessage } from 'node:http';
import type { DynamoDBRecord } from 'aws-lambda';
import type { FunctionName } from '../functions/manifest.ts';
import { type Route, type RouteName, routes } from '../functions/routes.ts';
import { httpEvent } from '../local/http-event.ts';
import { clickItem, type Scene, visitor } from './scene.ts';

/** An event, and the function that gets it. */
export interface Invocation {
  readonly function: FunctionName;
  readonly event: unknown;
}

/** The parts of a request that differ from one to the next. */
export interface Request {
  readonly headers?: Readonly<Record<string, string>>;
  /** The parameters in the path. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The user whose token the gateway has verified. */
  readonly userId?: string;
}

const HEADERS = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'accept-language': 'en-GB,en;q=0.9,de;q=0.8',
  'content-length': '0',
  host: 'go.example.com',
  referer: visitor.httpReferer,
  'sec-ch-ua': '"Chromium";v="140", "Not=A?Brand";v="24", "Google Chrome";v="140"',
  'sec-ch-ua-mobile': '?0',
  'sec-ch-ua-platform': '"Windows"',
  'sec-fetch-dest': 'document',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-site': 'cross-site',
  'upgrade-insecure-requests': '1',
  'user-agent': visitor.userAgent,
  'x-amzn-trace-id': 'Root=1-69243f2a-0123456789abcdef01234567',
  'x-forwarded-for': visitor.ip,
  'x-forwarded-port': '443',
  'x-forwarded-proto': 'https',
};

const ofSession = ({ session }: Scene) => ({ headers: { 'x-referral-session': session } });

const ofLink = ({ userId, referral: { code } }: Scene) => ({ userId, parameters: { code } });

/** The usual request of each route. */
const usualRequests = {
  hit: ({ referral }) => ({ parameters: { proxy: referral.code } }),
  files: () => ({}),
  'create-referral': ({ session }) => ({
    userId: `creator-${session}`,
    body: { redirectTo: '/welcome', label: 'newsletter' },
  }),
  'list-referrals': ({ userId }) => ({ userId }),
  'get-referral': ofLink,
  'list-referral-responses': ofLink,
  'get-stats': ofLink,
  'list-responses': ({ userId }) => ({ userId }),
  'record-action': (scene) => ({ ...ofSession(scene), body: { action: 'VIEWED_PRICING' } }),
  'get-attribution': ofSession,
  'create-session': ({ handoff }) => ({ body: { handoff } }),
  'link-session': (scene) => ({ ...ofSession(scene), userId: `linked-${scene.session}` }),
  'get-my-referral': ({ session }) => ({ userId: `owner-${session}` }),
} satisfies Partial<Record<RouteName, (scene: Scene) => Request>>;

type MeasuredRoute = keyof typeof usualRequests;

/**
 * The usual request of a route, for the function that answers it.
 *
 * @param changes to the request. @example () => ({ query: { interval: 'hour' } })
 */
export const request =
  (name: MeasuredRoute, changes: (scene: Scene) => Request = () => ({})) =>
  (scene: Scene): Invocation => {
    const route = routes.find((candidate) => candidate.name === name) as (typeof routes)[number];
    const event = eventOfRequest(route, { ...usualRequests[name](scene), ...changes(scene) });
    return { function: route.function, event };
  };

/** The event that API Gateway makes of a browser's request. */
function eventOfRequest(route: Route, { headers, parameters = {}, query, body, userId }: Request) {
  const path = route.path.replace(/\{(\w+)\+?\}/g, (_, name) => parameters[name] ?? '');
  const all = {
    ...HEADERS,
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...headers,
  };
  const message = {
    headersDistinct: Object.fromEntries(
      Object.entries(all).map(([name, value]) => [name, [value]]),
    ),
    httpVersion: '1.1',
    socket: { remoteAddress: visitor.ip },
  };
  return httpEvent(message as unknown as IncomingMessage, {
    route,
    url: new URL(`https://${HEADERS.host}${path}?${new URLSearchParams(query)}`),
    pathParameters: { ...parameters },
    body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    claims: userId === undefined ? undefined : { sub: userId },
  });
}

/** A new visitor's click on the link. */
export const click = request('hit');

const eventOfRoute = (name: MeasuredRoute) => (scene: Scene) => request(name)(scene).event;

const messages = (body: unknown) => ({
  Records: [{ messageId: '1', eventSource: 'aws:sqs', body: JSON.stringify(body) }],
});

/** An event that makes each function do its usual work. */
const eventOf: Readonly<Record<FunctionName, (scene: Scene) => unknown>> = {
  hit: eventOfRoute('hit'),
  files: eventOfRoute('files'),
  'create-referral': eventOfRoute('create-referral'),
  'record-action': eventOfRoute('record-action'),
  api: eventOfRoute('list-referrals'),
  'confirm-sign-up': ({ session }) => ({
    triggerSource: 'PostConfirmation_ConfirmSignUp',
    request: {
      userAttributes: { sub: `signed-up-${session}`, email: 'grace@example.com' },
      clientMetadata: { referralSession: session },
    },
    response: {},
  }),
  'record-backend-action': ({ session }) => ({ session, action: 'PURCHASED' }),
  'retry-sign-up': ({ session }) =>
    messages({
      userId: `retried-${session}`,
      attributes: {},
      signedUpAt: new Date().toISOString(),
      session,
    }),
  'store-click': ({ clicks: [click] }) => {
    const { kind, first, ...pending } = click ?? {};
    return messages(pending);
  },
  'close-hours': () => ({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }),
  // The clicks as the table's stream has them.
  'consume-stream': ({ referral, clicks }) => ({
    Records: clicks.map((click, index) => ({
      eventID: `${index}`,
      eventName: 'INSERT',
      eventSource: 'aws:dynamodb',
      dynamodb: {
        SequenceNumber: `${index}`,
        NewImage: clickItem(click, referral) as NonNullable<DynamoDBRecord['dynamodb']>['NewImage'],
      },
    })),
  }),
};

/**
 * A function with its usual event.
 *
 * @throws Error if `eventOf` lacks the function: measuring it with another event would mean nothing.
 */
export function usual(name: FunctionName): (scene: Scene) => Invocation {
  const event = eventOf[name];
  if (event === undefined) throw new Error(`bench/events.ts has no event for ${name}. Add one.`);
  return (scene) => ({ function: name, event: event(scene) });
}
