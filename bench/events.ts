import { marshall } from '@aws-sdk/util-dynamodb';
import type { APIGatewayProxyEventV2, DynamoDBRecord } from 'aws-lambda';
import type { Table } from '../functions/store/client.ts';
import { responseItem } from '../functions/store/responses.ts';
import type { Scene } from './scene.ts';

/** What a request is besides what every browser sends. */
export interface Request {
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Whose token the gateway has verified. */
  readonly userId?: string;
}

/** Who clicks. */
export const visitor = {
  httpReferer: 'https://blog.example.com/2026/11/what-we-use-and-why',
  userAgent:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  ip: '198.51.100.23',
};

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

/**
 * An event of API Gateway as a browser causes it.
 *
 * @param route method and path. @example httpEvent('GET /responses', { userId })
 */
export function httpEvent(
  route: string,
  { headers, cookies, parameters, query, body, userId }: Request = {},
): APIGatewayProxyEventV2 {
  const [method = '', path = ''] = route.split(' ');
  const all: Record<string, string> = { ...HEADERS, ...headers };
  return {
    version: '2.0',
    routeKey: route,
    rawPath: path,
    rawQueryString: `${new URLSearchParams(query)}`,
    ...(cookies && { cookies: [...cookies] }),
    headers: { ...all, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(query && { queryStringParameters: { ...query } }),
    ...(parameters && { pathParameters: { ...parameters } }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'benchmark1',
      domainName: 'go.example.com',
      domainPrefix: 'go',
      http: {
        method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: visitor.ip,
        userAgent: all['user-agent'] ?? '',
      },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: route,
      stage: '$default',
      time: '24/Nov/2026:11:22:33 +0000',
      timeEpoch: 1_795_519_353_000,
      // The types have it on an event of its own.
      ...(userId && { authorizer: { jwt: { claims: { sub: userId }, scopes: null } } }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  };
}

/** A click on a link. */
export const click = (code: string, request: Request = {}): APIGatewayProxyEventV2 =>
  httpEvent(`GET /r/${code}`, { ...request, parameters: { proxy: code } });

/** What a link's owner asks about it. @example ofReferral('/stats', scene, { interval: 'hour' }) */
export const ofReferral = (
  path: '' | '/responses' | '/stats',
  { userId, referral: { code } }: Pick<Scene, 'userId' | 'referral'>,
  query?: Request['query'],
) =>
  httpEvent(`GET /referrals/${code}${path}`, {
    userId,
    parameters: { code },
    ...(query && { query }),
  });

const messages = (body: unknown) => ({
  Records: [{ messageId: '1', eventSource: 'aws:sqs', body: JSON.stringify(body) }],
});

const ofSession = ({ session }: Scene): Request => ({ headers: { 'x-referral-session': session } });

/** What the table's stream has of some clicks. */
export const streamed = ({ referral, clicks }: Scene): { Records: DynamoDBRecord[] } => ({
  Records: clicks.map((response, index) => ({
    eventID: `${index}`,
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    dynamodb: {
      SequenceNumber: `${index}`,
      NewImage: marshall(responseItem(response, referral, {} as Table)),
    } as NonNullable<DynamoDBRecord['dynamodb']>,
  })),
});

/** For each function an event that has it do what it mostly does. */
export const eventOf: Readonly<Record<string, (scene: Scene) => unknown>> = {
  hit: ({ referral }) => click(referral.code),
  'create-referral': ({ session }) =>
    httpEvent('POST /referrals', {
      userId: `creator-${session}`,
      body: { redirectTo: '/welcome', label: 'newsletter' },
    }),
  'list-referrals': ({ userId }) => httpEvent('GET /referrals', { userId }),
  'get-referral': (scene) => ofReferral('', scene),
  'list-referral-responses': (scene) => ofReferral('/responses', scene),
  'get-stats': (scene) => ofReferral('/stats', scene),
  'list-responses': ({ userId }) => httpEvent('GET /responses', { userId }),
  'record-action': (scene) =>
    httpEvent('POST /actions', { ...ofSession(scene), body: { action: 'VIEWED_PRICING' } }),
  'get-attribution': (scene) => httpEvent('GET /attribution', ofSession(scene)),
  'link-session': (scene) =>
    httpEvent('POST /session/link', { ...ofSession(scene), userId: `linked-${scene.session}` }),
  'get-my-referral': ({ session }) => httpEvent('GET /me/referral', { userId: `owner-${session}` }),
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
    messages({ userId: `retried-${session}`, attributes: {}, session }),
  'store-click': ({ clicks: [click] }) => {
    const { kind, first, ...pending } = click ?? {};
    return messages(pending);
  },
  'close-hours': () => ({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }),
  'consume-stream': streamed,
};
