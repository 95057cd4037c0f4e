import { afterAll, beforeAll, beforeEach, expect, inject } from 'vitest';
import { isWrite } from '../dynamodb-proxy/accesses.ts';
import { type DynamoDBProxy, startDynamoDBProxy } from '../dynamodb-proxy/proxy.ts';
import type { Call } from './call-api.ts';
import { call, click, createReferral, signUp, type User } from './client.ts';
import { startTestService, type TestService } from './test-service.ts';

const shared = inject('outputs');
let proxy: DynamoDBProxy;
/** A service with a watched database. */
export let service: TestService;
export let user: User;
/** The session of a visitor who has clicked, so that an action can be credited. */
export let session: string;

/** Gives a test file the service. Each test starts with an empty list of database operations. */
export function withWatchedService(): void {
  beforeAll(async () => {
    proxy = await startDynamoDBProxy(shared.DynamoDBEndpoint);
    service = await startTestService({ variables: { DYNAMODB_ENDPOINT: proxy.endpoint } });
    user = await signUp(service.outputs);
    const code = await createReferral(service.outputs, await signUp(service.outputs));
    session = (await click(service.outputs, code)).session;
  });
  beforeEach(() => {
    proxy.operations.length = 0;
  });
  afterAll(async () => {
    await service.stop();
    proxy.stop();
  });
}

/** Expects a problem document that names the field, and no write. */
export async function refused(
  route: string,
  request: Call,
  status: number,
  code: string,
  field: string,
) {
  const answer = await call(service.outputs, route, request);
  expect([answer.status, answer.headers.get('content-type'), answer.body]).toEqual([
    status,
    'application/problem+json',
    {
      type: 'about:blank',
      title: expect.any(String),
      status,
      code,
      detail: expect.stringMatching(/^\S.*\.$/),
      field,
    },
  ]);
  expect(proxy.operations.filter(isWrite)).toEqual([]);
}

/** Expects that the database got no request. */
export const expectUntouched = (): void => expect(proxy.operations).toEqual([]);
