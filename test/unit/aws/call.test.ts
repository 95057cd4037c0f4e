import { once } from 'node:events';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { call, type Service, ServiceError } from '../../../functions/aws/call.ts';
import { sign } from '../../../functions/aws/sign.ts';
import { type Arrived, refuse, signedHeaders, startService } from './service.ts';

const PATIENT = { connectionTimeout: 10_000, requestTimeout: 10_000 };

beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'FIRST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_SESSION_TOKEN', 'token');
  return () => void vi.unstubAllEnvs();
});

const serviceAt = (endpoint: URL, options: Partial<Service> = {}): Service => ({
  name: 'dynamodb',
  target: 'DynamoDB_20120810',
  endpoint,
  timeouts: PATIENT,
  attempts: 4,
  ...options,
});

const keyOf = ({ headers }: Arrived) => /Credential=(\w+)/.exec(headers.authorization ?? '')?.[1];
const invocations = (requests: readonly Arrived[]) =>
  new Set(requests.map(({ headers }) => headers['amz-sdk-invocation-id']));

test('what arrives is what was signed', async () => {
  const { url, requests } = await startService();
  await call(serviceAt(url), 'GetItem', { text: 'ሴ 👍 é' });
  const [{ headers, body } = { headers: {}, body: '' }] = requests;
  const { authorization, connection, ...signed } = headers;
  const again = sign(
    { service: 'dynamodb', region: 'eu-west-1', method: 'POST', path: '/', headers: signed, body },
    { accessKeyId: 'FIRST', secretAccessKey: 'secret', sessionToken: 'token' },
  );
  expect(again.headers?.Authorization).toBe(authorization);
  expect(requests.flatMap(signedHeaders)).toEqual(Object.keys(signed).toSorted());
  expect(JSON.parse(body)).toEqual({ text: 'ሴ 👍 é' });
});

test('each attempt takes its credentials from the environment', async () => {
  const { url, requests } = await startService((answer) => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', `KEY${requests.length}`);
    vi.stubEnv('AWS_SESSION_TOKEN', requests.length < 3 ? 'new' : undefined);
    if (requests.length === 1) refuse(answer, 500, 'InternalServerError');
    else answer.end('{}');
  });
  for (let n = 0; n < 3; n++) await call(serviceAt(url), 'GetItem', {});
  expect(requests.map(keyOf)).toEqual(['FIRST', 'KEY1', 'KEY2', 'KEY3']);
  const tokens = requests.map(({ headers }) => headers['x-amz-security-token']);
  expect(tokens).toEqual(['token', 'new', 'new', undefined]);
});

test.each(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])(
  'without %s nothing is sent, and the error names the variable',
  async (name) => {
    const { url, requests } = await startService();
    vi.stubEnv(name, undefined);
    await expect(call(serviceAt(url), 'GetItem', {})).rejects.toThrow(
      'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set.',
    );
    expect(requests).toEqual([]);
  },
);

test('calls share a connection', async () => {
  const { url, requests } = await startService();
  for (let n = 0; n < 3; n++) await call(serviceAt(url), 'GetItem', {});
  expect(requests.map(({ connection }) => connection)).toEqual([1, 1, 1]);
  expect(invocations(requests).size).toBe(3);
});

test('a call on connections that were closed meanwhile is sent again at once, on a new one', async () => {
  const { url, requests } = await startService((answer, { connection }, request) => {
    const isOld = requests.length > 3 && connection <= 3;
    if (isOld) return void request.socket.destroy();
    // Not before the third request is there, so that each has a connection of its own.
    const answers = () => (requests.length < 3 ? setTimeout(answers, 5) : answer.end('{}'));
    answers();
  });
  const service = serviceAt(url, { attempts: 1 });
  await Promise.all([1, 2, 3].map(() => call(service, 'GetItem', {})));
  await call(service, 'GetItem', {});
  const [first, last, ...more] = requests.slice(3);
  expect([first?.connection, last?.connection, more]).toEqual([expect.any(Number), 4, []]);
  expect(first?.connection).toBeLessThan(4);
});

test('a call that is cut off on new connections fails after its attempts', async () => {
  const { url, requests } = await startService((_, __, { socket }) => void socket.destroy());
  await expect(call(serviceAt(url), 'GetItem', {})).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(requests.map(({ connection }) => connection)).toEqual([1, 2, 3, 4]);
  expect(invocations(requests).size).toBe(1);
});

test('an answer that is cut off is asked for again', async () => {
  const { url, requests } = await startService((answer, _, { socket }) => {
    if (requests.length > 1) return void answer.end('{"Item":{}}');
    answer.writeHead(200, { 'content-length': 100 });
    answer.write('{"Item"', () => socket.destroy());
  });
  expect(await call(serviceAt(url), 'GetItem', {})).toEqual({ Item: {} });
  expect(requests).toHaveLength(2);
});

test('an answer that is reset on an old connection is asked for again once', async () => {
  const { url, requests } = await startService((answer, _, { socket }) => {
    if (requests.length !== 2) return void answer.end('{"Item":{}}');
    answer.writeHead(200, { 'content-length': 100 });
    answer.write('{"Item"', () => setTimeout(() => socket.resetAndDestroy(), 50));
  });
  for (let n = 0; n < 2; n++) {
    expect(await call(serviceAt(url), 'GetItem', {})).toEqual({ Item: {} });
  }
  await call(serviceAt(url), 'GetItem', {});
  expect(requests.map(({ connection }) => connection)).toEqual([1, 1, 2, 2]);
});

test('an answer that does not come in time is asked for again, on a new connection', async () => {
  const { url, requests } = await startService((answer) => {
    if (requests.length > 2) answer.end('{}');
  });
  const timeouts = { connectionTimeout: 10_000, requestTimeout: 300 };
  await call(serviceAt(url, { timeouts }), 'GetItem', {});
  expect(requests.map(({ connection }) => connection)).toEqual([1, 2, 3]);
});

test('an answer that begins in time, but does not end, is not waited for', async () => {
  const { url } = await startService((answer) => void answer.write('{'));
  const service = serviceAt(url, { attempts: 1, timeouts: { ...PATIENT, requestTimeout: 200 } });
  await expect(call(service, 'GetItem', {})).rejects.toMatchObject({
    name: 'TimeoutError',
    code: 'ETIMEDOUT',
    message: 'No answer within 200 ms.',
  });
});

/** A port where nobody answers: its queue of connections is full. */
async function fullPort(): Promise<number> {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const server = require('node:net').createServer();
     server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       // The port is open, but nobody takes connections.
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
     });`,
    { eval: true },
  );
  onTestFinished(async () => void (await worker.terminate()));
  const [port] = await once(worker, 'message');
  return port;
}

test('a connection that is not there in time is given up', async () => {
  const port = await fullPort();
  const url = new URL(`http://127.0.0.1:${port}`);
  const timeouts = { connectionTimeout: 200, requestTimeout: 3_000 };
  const service = serviceAt(url, { attempts: 1, timeouts });
  const failures = await Promise.all(
    Array.from({ length: 6 }, () => call(service, 'GetItem', {}).catch(({ message }) => message)),
  );
  // The first ones fill the queue.
  expect(failures).toEqual(expect.arrayContaining(['No connection within 200 ms.']));
});

test.each([
  [
    'InvalidSignatureException',
    'Signature expired: 20150830T120000Z is now earlier than …',
    3_600_000,
  ],
  [
    'InvalidSignatureException',
    'Signature not yet current: 20350830T120000Z is still …',
    -7_200_000,
  ],
  ['RequestTimeTooSkewed', 'The difference between the times is too large.', 0],
])(
  'a request that is refused for its time is signed with that of the service: %s, %s',
  async (name, message, ahead) => {
    const time = () => new Date(Date.now() + ahead).toUTCString();
    const { url, requests } = await startService((answer, { headers }) => {
      answer.setHeader('date', time());
      const signedAt = `${headers['x-amz-date']}`.replace(
        /(....)(..)(..T..)(..)(..Z)/,
        '$1-$2-$3:$4:$5',
      );
      const isSkewed = Math.abs(Date.parse(signedAt) - Date.parse(time())) > 60_000;
      if (isSkewed) return void refuse(answer, 400, name, { message });
      answer.end('{}');
    });
    await call(serviceAt(url), 'GetItem', {});
    await call(serviceAt(url), 'GetItem', {});
    expect(requests).toHaveLength(3);
  },
);

test.each([429, 500, 503])(
  'an answer with status %i that is not JSON is asked for again',
  async (status) => {
    const { url, requests } = await startService((answer) => {
      if (requests.length > 1) return void answer.end('{}');
      answer.writeHead(status, { 'content-type': 'text/html' }).end('<html>Try again</html>');
    });
    await call(serviceAt(url), 'GetItem', {});
    expect(requests).toHaveLength(2);
  },
);

test.each(['{"ip":"6.6.6.6"', '"6.6.6.6"', 'null'])(
  'an answer that is no JSON object is an error, which does not quote it: %s',
  async (text) => {
    const { url, requests } = await startService((answer) => answer.end(text));
    const error = await call(serviceAt(url), 'GetItem', {}).catch((thrown) => thrown);
    expect(error.message).toBe('The answer of dynamodb to GetItem is not a JSON object.');
    expect(inspect(error)).not.toContain('6.6.6.6');
    expect(requests).toHaveLength(1);
  },
);

test('an empty answer is an empty output', async () => {
  const { url } = await startService((answer) => answer.end());
  expect(await call(serviceAt(url), 'PutItem', {})).toEqual({});
});

test('an error has the name, the message and the ids of the answer, and shows nothing else of it', async () => {
  const { url, requests } = await startService((answer) =>
    refuse(answer, 400, 'ConditionalCheckFailedException', {
      message: 'The conditional request failed',
      Item: { ip: { S: '6.6.6.6' } },
    }),
  );
  const error = await call(serviceAt(url), 'PutItem', {}).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(ServiceError);
  expect({ ...error }).toEqual({
    name: 'ConditionalCheckFailedException',
    $metadata: { httpStatusCode: 400, requestId: 'REQUEST' },
  });
  expect(error.message).toBe('The conditional request failed');
  expect(error.output.Item).toEqual({ ip: { S: '6.6.6.6' } });
  expect(`${inspect(error)} ${JSON.stringify(error)}`).not.toContain('6.6.6.6');
  expect(requests).toHaveLength(1);
});

test('an error without a type has the status in its message', async () => {
  const { url } = await startService((answer) => answer.writeHead(413).end('too large'));
  await expect(call(serviceAt(url), 'PutItem', {})).rejects.toMatchObject({
    name: 'UnknownError',
    message: 'It answered with status 413.',
  });
});
