import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import cors from 'cors';
import { ReferralsError } from '../functions/core/errors.ts';
import type { TokenVerifier } from '../functions/http/token.ts';
import { manifestOf } from '../functions/manifest.ts';
import { cors as corsRules, routes } from '../functions/routes.ts';
import { triggers } from '../functions/triggers.ts';
import type { DemoApp } from './demo-app.ts';
import { type BusEvent, PUT_EVENTS, putEvents } from './event-bus.ts';
import { httpEvent, sendAnswer } from './http-event.ts';
import { invoke } from './invoke.ts';

const INVOCATION = new URLPattern({ pathname: '/2015-03-31/functions/:name/invocations' });

// A URLPattern writes `{name}` as `:name`; `{name+}` takes the rest of the path.
const patterns = routes.map((route) => ({
  route,
  pattern: new URLPattern({
    pathname: route.path.replace(/\{(\w+)\+\}/, ':$1(.*)').replace(/\{(\w+)\}/g, ':$1'),
  }),
}));

export interface ListenerOptions {
  readonly apiUrl: string;
  readonly appUrl: string;
  /** Called with each event on the bus. */
  readonly onEvent: (event: BusEvent) => void;
  /** The app that stands in for the developer's own, if there is none. */
  readonly demo?: DemoApp | undefined;
  /** Verifies tokens as the gateway's authorizer does; without it, nobody is a user. */
  readonly verifyToken?: TokenVerifier;
}

/**
 * API Gateway, the Lambda Invoke endpoint and the event bus on this machine. Its own answers (no such route,
 * no valid token) use API Gateway's words.
 */
export function createListener(options: ListenerOptions): RequestListener {
  const allowCors = cors({
    origin: [new URL(options.appUrl).origin],
    credentials: true,
    methods: [...corsRules.methods],
    allowedHeaders: [...corsRules.headers],
    exposedHeaders: [...corsRules.exposedHeaders],
    maxAge: corsRules.maxAge,
  });
  return (request, response) => {
    allowCors(request, response, () => {
      answer(request, response, options).catch((error: unknown) => {
        console.error(error);
        if (!response.headersSent) sendJson(response, 500, { message: 'Internal Server Error' });
      });
    });
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { apiUrl, onEvent, demo, verifyToken }: ListenerOptions,
) {
  const url = URL.parse(`${apiUrl}${request.url}`);
  if (url === null) return sendJson(response, 400, { message: 'Bad Request' });
  const body = await buffer(request);
  if (request.headers['x-amz-target'] === PUT_EVENTS) {
    return sendJson(response, 200, putEvents(JSON.parse(body.toString()), onEvent));
  }
  const name = INVOCATION.exec(url)?.pathname.groups.name;
  const invocation = triggers.find((candidate) => candidate.function === name);
  if (invocation !== undefined && request.method === 'POST') {
    const event = parseJson(body.toString());
    if (event === undefined) {
      return sendJson(response, 400, { message: 'Could not parse request body into json' });
    }
    return sendInvocation(response, () => invoke(invocation.function, event, invocation.timeout));
  }
  const matched = match(request.method, url);
  if (matched === undefined) return sendUnrouted(request, response, demo);

  let claims: Record<string, unknown> | undefined;
  if (matched.route.auth === 'user') {
    claims = await authorize(request.headers.authorization, verifyToken);
    if (claims === undefined) {
      response.setHeader('www-authenticate', 'Bearer');
      return sendJson(response, 401, { message: 'Unauthorized' });
    }
  }
  const event = httpEvent(request, { ...matched, url, body, claims });
  const result = await invoke(
    matched.route.function,
    event,
    manifestOf(matched.route.function).timeout,
  );
  sendAnswer(response, result as APIGatewayProxyStructuredResultV2);
}

/** A function's error is an answer too, see https://docs.aws.amazon.com/lambda/latest/dg/invocation-sync.html */
async function sendInvocation(
  response: ServerResponse,
  run: () => Promise<unknown>,
): Promise<void> {
  try {
    sendJson(response, 200, await run());
  } catch (error) {
    const { name: errorType, message: errorMessage } = error as Error;
    response.setHeader('x-amz-function-error', 'Unhandled');
    sendJson(response, 200, { errorType, errorMessage });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function match(method: string | undefined, url: URL) {
  for (const { route, pattern } of patterns) {
    const groups = route.method === method && pattern.exec(url)?.pathname.groups;
    if (groups) return { route, pathParameters: decoded(groups) };
  }
  return undefined;
}

const decoded = (groups: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(groups).map(([name, value = '']) => [name, decodeLeniently(value)]),
  );

function decodeLeniently(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Returns the claims of a valid token, as text like API Gateway's; undefined if there is no such token. */
async function authorize(
  authorization: string | undefined,
  verifyToken: TokenVerifier | undefined,
): Promise<Record<string, string> | undefined> {
  try {
    const claims = await verifyToken?.(authorization);
    return (
      claims &&
      Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, String(value)]))
    );
  } catch (error) {
    if (error instanceof ReferralsError && error.code === 'unauthorized') return undefined;
    throw error;
  }
}

/** Shows the app that stands in for the developer's own. Everything else gets API Gateway's answer. */
async function sendUnrouted(
  { method, url = '/', headers }: IncomingMessage,
  response: ServerResponse,
  demo: DemoApp | undefined,
): Promise<void> {
  const isPage = headers.accept?.includes('text/html') ?? false;
  const file = method === 'GET' ? await demo?.(url.replace(/\?.*/, ''), isPage) : undefined;
  if (file === undefined) return sendJson(response, 404, { message: 'Not Found' });
  response.writeHead(200, file.headers).end(file.body);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
