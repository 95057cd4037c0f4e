import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

const bundleOf = (name: string) => pathToFileURL(resolve(`dist/bundles/${name}/index.mjs`)).href;

/** Access keys that requests were signed with. */
const keys: string[] = [];
// A DynamoDB that knows one referral.
const database = createServer((request, response) => {
  keys.push(/Credential=(\w+)/.exec(request.headers.authorization ?? '')?.[1] ?? '');
  const isRead = request.headers['x-amz-target']?.includes('GetItem');
  const Item = {
    code: { S: 'code' },
    redirectTo: { S: 'https://app.example.com/' },
    buckets: { N: '1' },
  };
  response.setHeader('content-type', 'application/x-amz-json-1.0');
  request.resume().once('end', () => response.end(JSON.stringify(isRead ? { Item } : {})));
});

beforeAll(async () => {
  database.listen(0, '127.0.0.1');
  await once(database, 'listening');
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${(database.address() as AddressInfo).port}`,
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
});
afterAll(() => {
  database.close();
  database.closeAllConnections();
});

const click = {
  headers: {},
  pathParameters: { proxy: 'code' },
  requestContext: {
    requestId: '1',
    http: { method: 'GET', userAgent: 'Mozilla/5.0', sourceIp: '::1' },
  },
};
const context = { getRemainingTimeInMillis: () => 3000 };

/** Sets credentials that are about to expire; the SDK asks anew five minutes before they do. */
function setCredentials(accessKey: string): void {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: accessKey,
    AWS_SECRET_ACCESS_KEY: `${accessKey}Secret`,
    AWS_SESSION_TOKEN: `${accessKey}Token`,
    AWS_CREDENTIAL_EXPIRATION: new Date(Date.now() + 60_000).toISOString(),
  });
}

test('a bundle takes its credentials from the environment, and new ones once those have expired', async () => {
  const { handler } = await import(bundleOf('hit'));
  setCredentials('FIRST');
  expect(await handler(click, context)).toMatchObject({ statusCode: 302 });
  setCredentials('SECOND');
  await handler(click, context);
  // The first click looks the referral up as well.
  expect(keys).toEqual(['FIRST', 'FIRST', 'SECOND']);
});

/** Runs a script as Lambda runs a function, and gives what it prints as JSON. */
async function runInLambda(script: string, variables: Record<string, string> = {}) {
  const env = { ...process.env, AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand', ...variables };
  const parameters = ['--input-type=module', '--eval', `${script}; process.exit(0);`];
  const { stdout } = await promisify(execFile)(process.execPath, parameters, { env });
  return JSON.parse(stdout);
}

test('the click’s function makes its first call while it starts, so that a visitor finds it connected', async () => {
  setCredentials('START');
  await runInLambda(`await import('${bundleOf('hit')}'); console.log(true)`);
  expect(keys).toEqual(['START']);
});

test('the click’s function starts where there is no table', async () => {
  const closed = { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1' };
  const start = `const { handler } = await import('${bundleOf('hit')}'); console.log(JSON.stringify(typeof handler))`;
  expect(await runInLambda(start, closed)).toBe('function');
});

test('a click has Node load neither undici nor zlib, and no file of the SDK’s configuration', async () => {
  const script = `
    const require = process.getBuiltinModule('node:module').createRequire('/');
    // As Lambda's runtime has them.
    for (const module of ['http', 'https', 'crypto']) require(module);
    const read = [];
    const files = process.getBuiltinModule('node:fs/promises');
    for (const name of ['open', 'readFile']) files[name] = async (path) => { read.push(path); throw new Error(); };
    const { handler } = await import('${bundleOf('hit')}');
    const { statusCode } = await handler(${JSON.stringify(click)}, { getRemainingTimeInMillis: () => 3000 });
    const loaded = process.moduleLoadList.filter((module) => /undici|zlib/.test(module));
    console.log(JSON.stringify({ statusCode, loaded, read }));
  `;
  expect(await runInLambda(script)).toEqual({ statusCode: 302, loaded: [], read: [] });
});
