import { randomUUID } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { Request } from 'aws4';
import { backoff, type Failure, isOfClock, isTemporary } from './retry.ts';
import { type Credentials, sign } from './sign.ts';

/** Milliseconds for a connection and for an attempt. */
export interface Timeouts {
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
}

/** A service of AWS, and how to call it. */
export interface Service {
  /** Its name in signatures, such as `dynamodb`. */
  readonly name: string;
  /** What stands before the operation in `X-Amz-Target`, such as `DynamoDB_20120810`. */
  readonly target: string;
  readonly endpoint: URL;
  readonly timeouts: Timeouts;
  /** Maximum number of attempts of a call. */
  readonly attempts: number;
  /** Whether another attempt may help; `isTemporary` by default. */
  readonly isRetryable?: (error: Failure) => boolean;
}

/** An error that a service answers with, shaped like those of the SDK. */
export class ServiceError extends Error implements Failure {
  readonly $metadata: { readonly httpStatusCode: number; readonly requestId: string | undefined };
  // Errors are logged with all their properties, and people's data must not be in the log.
  readonly #output: Output;

  constructor(name: string, { status, headers }: Answer, output: Output) {
    super(`${output.message ?? output.Message ?? `It answered with status ${status}.`}`);
    this.name = name;
    const requestId = headers['x-amzn-requestid']?.toString();
    this.$metadata = { httpStatusCode: status, requestId };
    this.#output = output;
  }

  /** The whole answer. */
  get output(): Output {
    return this.#output;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: answers of all operations
type Output = Record<string, any>;

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

// As many connections as the SDK would keep.
const CONNECTIONS = { keepAlive: true, maxSockets: 50 };
const transports = {
  'http:': { request: http.request, agent: new http.Agent(CONNECTIONS) },
  'https:': { request: https.request, agent: new https.Agent(CONNECTIONS) },
};

/** Milliseconds by which the clocks of the services are ahead of this machine's. */
let ahead = 0;

/**
 * Calls an operation of a service that speaks AWS's JSON protocol 1.0, and tries again where that may help. The
 * credentials are those of the environment at the time of the attempt, see
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 *
 * @throws ServiceError if the service refuses the call; an error of Node with its `code` if there is no answer; Error
 *   if there are no credentials, or if the answer is not a JSON object.
 * @example await call(sqs, 'SendMessage', { QueueUrl: url, MessageBody: 'text' });
 */
export async function call(service: Service, operation: string, input: object): Promise<Output> {
  const { attempts, isRetryable = isTemporary } = service;
  const body = JSON.stringify(input);
  // The same at each attempt, as the SDK sends it.
  const invocation = randomUUID();
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptCall(service, operation, body, invocation);
    } catch (error) {
      if (attempt >= attempts || !isRetryable(error as Failure)) throw error;
      await delay(backoff(attempt));
    }
  }
}

async function attemptCall(
  service: Service,
  operation: string,
  body: string,
  invocation: string,
): Promise<Output> {
  const { name, target, endpoint, timeouts } = service;
  const request = sign(
    {
      service: name,
      region: process.env.AWS_REGION ?? '',
      method: 'POST',
      path: endpoint.pathname,
      headers: {
        host: endpoint.host,
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-date': new Date(Date.now() + ahead).toISOString().replace(/[:-]|\.\d{3}/g, ''),
        'x-amz-target': `${target}.${operation}`,
        'amz-sdk-invocation-id': invocation,
      },
      body,
    },
    readCredentials(process.env),
  );
  const answer = await send(endpoint, request, body, timeouts);
  const output = parse(answer.text);
  if (answer.status === 200 && output !== undefined) return output;
  if (answer.status === 200)
    throw new Error(`The answer of ${name} to ${operation} is not a JSON object.`);
  const type = output?.__type ?? answer.headers['x-amzn-errortype'] ?? 'UnknownError';
  const error = new ServiceError(nameOf(`${type}`), answer, output ?? {});
  const time = Date.parse(answer.headers.date ?? '');
  if (isOfClock(error) && !Number.isNaN(time)) ahead = time - Date.now();
  throw error;
}

/** Sends a request, and reads its answer to the end. */
function send(
  endpoint: URL,
  signed: Request,
  body: string,
  { connectionTimeout, requestTimeout }: Timeouts,
): Promise<Answer> {
  const { request: open, agent } = transports[endpoint.protocol as keyof typeof transports];
  const { method, path, headers } = signed;
  return new Promise((resolve, reject) => {
    const { hostname, port } = endpoint;
    const request = open({
      agent,
      host: hostname.replace(/[[\]]/g, ''),
      port,
      method,
      path,
      headers,
    });
    const giveUp = (what: string, after: number) =>
      setTimeout(() => request.destroy(timeoutError(`No ${what} within ${after} ms.`)), after);
    const timers = [giveUp('answer', requestTimeout)];
    request.once('close', () => timers.forEach(clearTimeout));
    request.once('socket', (socket) => {
      if (!socket.connecting) return;
      const timer = giveUp('connection', connectionTimeout);
      timers.push(timer);
      socket.once('connect', () => clearTimeout(timer));
    });
    let isDecided = false;
    request.on('error', (error: Failure) => {
      // The service had closed the idle connection, perhaps while Lambda had frozen this function, see
      // https://nodejs.org/api/http.html#requestreusedsocket
      const isClosed = request.reusedSocket && /^(ECONNRESET|EPIPE)$/.test(error.code ?? '');
      const isStale = isClosed && !isDecided;
      isDecided = true;
      if (!isStale) return reject(error);
      // The others have been idle for as long.
      for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
      resolve(send(endpoint, signed, body, { connectionTimeout, requestTimeout }));
    });
    request.once('response', (response) => {
      isDecided = true;
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('error', reject);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    request.end(body);
  });
}

const timeoutError = (message: string) =>
  Object.assign(new Error(message), { name: 'TimeoutError', code: 'ETIMEDOUT' });

/** @throws Error if there are none. */
function readCredentials(variables: NodeJS.ProcessEnv): Credentials {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = variables;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    throw new Error('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set.');
  }
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  };
}

/** Parses an object; undefined if it is none. The error of `JSON.parse` quotes the text, which may be about people. */
function parse(text: string): Output | undefined {
  try {
    const output = JSON.parse(text || '{}');
    return output instanceof Object ? output : undefined;
  } catch {
    return undefined;
  }
}

/** `com.amazonaws.dynamodb.v20120810#ResourceNotFoundException:http://…` without what stands around the name. */
const nameOf = (type: string) => type.replace(/^.*#/, '').replace(/[:,].*$/, '');
