import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

const bundleOf = (name: string) => pathToFileURL(resolve(`dist/bundles/${name}/index.mjs`)).href;

/** The access keys that signed the requests. */
const keys: string[] = [];
/** The messages that the queue got. */
const queued: unknown[] = [];
/** Whether the table accepts new items. */
let isWritable = true;
// A DynamoDB that has one referral and the deployment's keys, and an SQS that accepts everything.
const aws = createServer(async (request, response) => {
  keys.push(/Credential=(\w+)/.exec(request.headers.authorization ?? '')?.[1] ?? '');
  const body = await text(request);
  response.setHeader('content-type', 'application/x-amz-json-1.0');
  const answer = (status: number, output: object) =>
    response.writeHead(status).end(JSON.stringify(output));
  switch (`${request.headers['x-amz-target']}`.split('.')[1]) {
    case 'GetItem':
      if (!JSON.parse(body).Key.pk.S.startsWith('REFERRAL#')) return answer(200, {});
      return answer(200, {
        Item: {
          code: { S: 'code' },
          redirectTo: { S: 'https://app.example.com/' },
          buckets: { N: '1' },
        },
      });
    case 'Query': {
      const today = Math.floor(Date.now() / 86_400_000);
      const names = ['SESSIONS', `DAY#${today}`, `DAY#${today + 1}`];
      const key = { B: Buffer.alloc(32).toString('base64') };
      return answer(200, { Items: names.map((sk) => ({ sk: { S: sk }, key })) });
    }
    case 'PutItem':
      return isWritable ? answer(200, {}) : answer(400, { __type: 'AccessDeniedException' });
    case 'SendMessage': {
      const { MessageBody } = JSON.parse(body);
      queued.push(JSON.parse(MessageBody));
      const MD5OfMessageBody = createHash('md5').update(MessageBody).digest('hex');
      return answer(200, { MessageId: '1', MD5OfMessageBody });
    }
    default:
      return answer(400, { __type: 'UnknownOperationException' });
  }
});

beforeAll(async () => {
  aws.listen(0, '127.0.0.1');
  await once(aws, 'listening');
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
    AWS_REGION: 'local',
    TABLE_NAME: 'table',
    API_URL: 'https://api.example.com',
    APP_URL: 'https://app.example.com',
    EVENT_BUS_NAME: 'bus',
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
});
beforeEach(() => {
  keys.length = 0;
  isWritable = true;
});
afterAll(() => {
  aws.close();
  aws.closeAllConnections();
});

const click = {
  headers: {},
  pathParameters: { proxy: 'code' },
  requestContext: {
    requestId: '1',
    http: { method: 'GET', userAgent: 'Mozilla/5.0', sourceIp: '2001:db8:1:2::9' },
  },
};
const context = { awsRequestId: '2', getRemainingTimeInMillis: () => 3000 };

/** A click in the queue, for `store-click`, which uses the SDK. */
const queuedClick = {
  Records: [
    {
      messageId: '1',
      body: JSON.stringify({
        id: '01JDQ00000000000000000000A',
        code: 'code',
        action: 'RESPONDED',
        trusted: true,
        via: 'link',
        session: 'x'.repeat(32),
        createdAt: '2024-11-27T00:00:00.000Z',
      }),
    },
  ],
};

/** Sets credentials that expire soon. The SDK asks for new ones five minutes before that. */
function setCredentials(accessKey: string): void {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: accessKey,
    AWS_SECRET_ACCESS_KEY: `${accessKey}Secret`,
    AWS_SESSION_TOKEN: `${accessKey}Token`,
    AWS_CREDENTIAL_EXPIRATION: new Date(Date.now() + 60_000).toISOString(),
  });
}

test('the click’s function takes its credentials from the environment at each call', async () => {
  setCredentials('FIRST');
  const { handler } = await import(bundleOf('hit'));
  expect(await handler(click, context)).toMatchObject({ statusCode: 302 });
  setCredentials('SECOND');
  await handler(click, context);
  // The function reads the deployment's keys at its start. The first click also looks up the referral.
  expect(keys).toEqual(['FIRST', 'FIRST', 'FIRST', 'SECOND']);
});

test('a function with the SDK takes its credentials from the environment, and takes new ones when they expire', async () => {
  setCredentials('FIRST');
  const { handler } = await import(bundleOf('store-click'));
  expect(await handler(queuedClick, context)).toEqual({ batchItemFailures: [] });
  setCredentials('SECOND');
  await handler(queuedClick, context);
  // A click takes four calls. The first one also looks up the referral.
  const four = (key: string) => Array(4).fill(key);
  expect(keys).toEqual(['FIRST', ...four('FIRST'), ...four('SECOND')]);
});

/** Runs a script as Lambda runs a function. Returns the lines of JSON that it prints. */
async function runInLambda(script: string, variables: Record<string, string> = {}) {
  const env = { ...process.env, AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand', ...variables };
  const parameters = ['--input-type=module', '--eval', `${script}; process.exit(0);`];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, parameters, { env });
  return `${stdout}${stderr}`
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('the click’s function makes its first call while it starts, so that it is connected when a visitor comes', async () => {
  setCredentials('START');
  await runInLambda(`await import('${bundleOf('hit')}'); console.log(true)`);
  expect(keys).toEqual(['START']);
});

test('the click’s function starts even if there is no table', async () => {
  const closed = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
  const start = `const { handler } = await import('${bundleOf('hit')}'); console.log(JSON.stringify(typeof handler))`;
  expect(await runInLambda(start, closed)).toEqual(['function']);
});

test.each([
  ['hit', click, { statusCode: 302 }],
  ['store-click', queuedClick, { batchItemFailures: [] }],
])(
  '%s loads neither undici nor zlib, and reads no configuration file of the SDK',
  async (name, event, expected) => {
    const script = `
    const require = process.getBuiltinModule('node:module').createRequire('/');
    // Lambda's runtime has these loaded.
    for (const module of ['http', 'https', 'crypto']) require(module);
    const read = [];
    const files = process.getBuiltinModule('node:fs/promises');
    for (const name of ['open', 'readFile']) files[name] = async (path) => { read.push(path); throw new Error(); };
    const { handler } = await import('${bundleOf(name)}');
    const answer = await handler(${JSON.stringify(event)}, { getRemainingTimeInMillis: () => 3000 });
    const loaded = process.moduleLoadList.filter((module) => /undici|zlib/.test(module));
    console.log(JSON.stringify({ answer, loaded, read }));
  `;
    expect(await runInLambda(script)).toEqual([
      { answer: expect.objectContaining(expected), loaded: [], read: [] },
    ]);
  },
);

test('the click’s function has nothing of the SDK in what it loads', async () => {
  const bundle = await readFile(new URL(bundleOf('hit')), 'utf8');
  expect(bundle).toContain('DynamoDB_20120810');
  expect(bundle).not.toMatch(/aws-sdk|smithy/);
});

test('a click that can’t be stored is queued without the visitor’s whole IP, and the code that counts and logs it is loaded only then', async () => {
  isWritable = false;
  const script = `
    const { handler } = await import('${bundleOf('hit')}');
    const { statusCode } = await handler(${JSON.stringify(click)}, {
      awsRequestId: '2',
      getRemainingTimeInMillis: () => 3000,
    });
    console.log(statusCode);
  `;
  const variables = {
    CLICK_QUEUE_URL: `${process.env.AWS_ENDPOINT_URL}/000000000000/clicks`,
    POWERTOOLS_METRICS_DISABLED: 'false',
  };
  expect(await runInLambda(script, variables)).toEqual([
    expect.objectContaining({ QueuedClicks: 1 }),
    302,
    expect.objectContaining({
      level: 'WARN',
      message: 'A click could not be stored. It waits in the queue.',
      function_request_id: '2',
      correlation_id: '1',
      error: expect.objectContaining({ name: 'AccessDeniedException' }),
    }),
  ]);
  expect(queued).toEqual([expect.objectContaining({ code: 'code', ip: '2001:db8:1::' })]);
});
