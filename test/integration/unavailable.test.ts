import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { deploymentKeys } from '../../functions/core/deployment-keys.ts';
import { handOff } from '../../functions/core/hand-off.ts';
import { isWrite } from '../dynamodb-proxy/accesses.ts';
import { type DynamoDBProxy, startDynamoDBProxy } from '../dynamodb-proxy/proxy.ts';
import { apiRoutes } from './api-routes.ts';
import { call, click, createReferral, signUp, type User } from './client.ts';
import { domainOn } from './domain.ts';
import { startTestService, type TestService } from './test-service.ts';

const shared = inject('outputs');
let proxy: DynamoDBProxy;
let service: TestService;
let user: User;

beforeAll(async () => {
  proxy = await startDynamoDBProxy(shared.DynamoDBEndpoint);
  service = await startTestService({ variables: { DYNAMODB_ENDPOINT: proxy.endpoint } });
  user = await signUp(service.outputs);
});
afterEach(() => {
  proxy.decide = () => 'pass';
});
afterAll(async () => {
  await service.stop();
  proxy.stop();
});

/** Runs something. Returns the operations that reached the database, and the time in milliseconds. */
async function observed<Result>(run: () => Promise<Result>) {
  proxy.operations.length = 0;
  const start = performance.now();
  const result = await run();
  return { result, operations: [...proxy.operations], took: performance.now() - start };
}

const knownCode = async () => {
  const code = await createReferral(service.outputs, user, { redirectTo: `/${Math.random()}` });
  await click(service.outputs, code);
  return code;
};

const clicksOf = async (code: string) =>
  (await call(service.outputs, `GET /referrals/${code}`, { token: user.token })).body.clicks;

describe('the cost of a click', () => {
  test('a made-up session is refused without a read', async () => {
    const session = 'x'.repeat(32);
    const { result, operations } = await observed(() =>
      call(service.outputs, 'GET /attribution', { session }),
    );
    expect([result.status, operations]).toEqual([400, []]);
  });

  test('warm, from a new visitor: one write and no read', async () => {
    const code = await knownCode();
    const { result, operations } = await observed(() => click(service.outputs, code));
    expect(result.status).toBe(302);
    expect(operations).toEqual(['PutItem']);
  });

  test('warm, from a bot: one write and no read', async () => {
    const code = await knownCode();
    const { operations } = await observed(() =>
      call(service.outputs, `GET /r/${code}`, { headers: { 'user-agent': 'Googlebot/2.1' } }),
    );
    expect(operations).toEqual(['PutItem']);
  });

  test('warm, from a returning visitor: two more reads', async () => {
    const code = await knownCode();
    const { session } = await click(service.outputs, code);
    const { operations } = await observed(() => click(service.outputs, code, session));
    expect(operations.toSorted()).toEqual(['GetItem', 'PutItem', 'Query']);
  });

  test('on an unknown code: one read, and none within the next five seconds', async () => {
    const first = await observed(() => click(service.outputs, 'unknown-code'));
    const second = await observed(() => click(service.outputs, 'unknown-code'));
    expect([first.operations, second.operations]).toEqual([['GetItem'], []]);
  });

  test('on a malformed code: nothing', async () => {
    const { result, operations } = await observed(() => click(service.outputs, 'x'.repeat(65)));
    expect([result.status, operations]).toEqual([404, []]);
  });
});

describe('a transaction that conflicts with another', () => {
  const conflictTwice = () => {
    let conflicts = 0;
    proxy.decide = (operation) =>
      operation === 'TransactWriteItems' && conflicts++ < 2 ? 'conflict' : 'pass';
  };

  test('is retried and creates one referral', async () => {
    conflictTwice();
    const body = { redirectTo: '/', label: 'conflict' };
    const answer = await call(service.outputs, 'POST /referrals', { token: user.token, body });
    expect([answer.status, answer.body.label]).toEqual([201, 'conflict']);
  });

  test('is retried and records one action', async () => {
    const code = await knownCode();
    const { session } = await click(service.outputs, code);
    conflictTwice();
    const answer = await call(service.outputs, 'POST /actions', {
      session,
      headers: { 'idempotency-key': 'k' },
      body: { action: 'BOUGHT' },
    });
    expect(answer.status).toBe(201);
    const path = `GET /referrals/${code}/responses`;
    const { body } = await call(service.outputs, path, { token: user.token });
    expect(body.items.filter(({ action }: { action: string }) => action === 'BOUGHT')).toHaveLength(
      1,
    );
  });
});

describe('with DynamoDB unreachable', () => {
  test.each(['cut', 'hang', 'throttle'] as const)(
    '(%s) a click is 503 with Retry-After within 3 s, for known and unknown links',
    async (fate) => {
      const code = await knownCode();
      proxy.decide = () => fate;
      // A lookup continues for a moment after it is given up, and would remember an unknown code for the next test.
      for (const clicked of [code, `never-seen-before-${fate}`]) {
        const { result, took } = await observed(() => click(service.outputs, clicked));
        expect([result.status, result.headers.get('retry-after'), result.session]).toEqual([
          503,
          '1',
          '',
        ]);
        expect(result.body).toEqual({
          type: 'about:blank',
          title: 'Service Unavailable',
          status: 503,
          code: 'unavailable',
          detail: 'The service is busy. Try again in a moment.',
        });
        expect(took).toBeLessThan(3000);
      }
      proxy.decide = () => 'pass';
      expect(await clicksOf(code)).toBe(1);
    },
  );

  test('a click is refused within 3 s even if each call succeeds at its last attempt', async () => {
    const code = await knownCode();
    const visitor = await signUp(service.outputs);
    const { session } = await click(service.outputs, code);
    await call(service.outputs, 'POST /session/link', { token: visitor.token, session });
    const attempts = new Map<string, number>();
    proxy.decide = (operation) => {
      const attempt = (attempts.get(operation) ?? 0) + 1;
      attempts.set(operation, attempt);
      return attempt < 3 ? 'hang' : 'pass';
    };
    const { result, took } = await observed(() => click(service.outputs, code, session));
    expect([result.status, result.headers.get('retry-after')]).toEqual([503, '1']);
    expect(took).toBeLessThan(3000);
  });

  test('a click on a known link redirects if it can be stored', async () => {
    const code = await knownCode();
    proxy.decide = (operation) => (isWrite(operation) ? 'pass' : 'cut');
    expect((await click(service.outputs, code)).status).toBe(302);
    proxy.decide = () => 'pass';
    expect(await clicksOf(code)).toBe(2);
  });

  test('a click is stored once even if the answer is lost', async () => {
    const code = await knownCode();
    let writes = 0;
    proxy.decide = (operation) => (isWrite(operation) && writes++ === 0 ? 'cut-after' : 'pass');
    expect((await click(service.outputs, code)).status).toBe(302);
    expect(writes).toBeGreaterThan(1);
    expect(await clicksOf(code)).toBe(2);
  });

  test.each(apiRoutes)('$route is 503 with Retry-After', async ({ name, route, example }) => {
    const { token } = user;
    const code = await knownCode();
    const { session } = await click(service.outputs, code);
    const domain = domainOn(shared);
    const keys = deploymentKeys(domain);
    const handoff = await handOff({ ...domain, keys }, session, code);
    proxy.decide = () => 'cut';
    const request =
      name === 'create-session' ? { body: { handoff } } : { token, session, body: example };
    const answer = await call(service.outputs, route, request);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  });

  test('a call whose session can’t be linked succeeds, and a later one links it', async () => {
    const { session } = await click(service.outputs, await knownCode());
    const { token } = await signUp(service.outputs);
    const linked = async () =>
      (await call(service.outputs, 'POST /session/link', { token, session })).body.linked;
    const before = service.printed().length;
    proxy.decide = (operation) => (isWrite(operation) ? 'cut' : 'pass');
    const { status } = await call(service.outputs, 'GET /me/referral', { token, session });
    expect(status).toBe(200);
    expect(service.printed().slice(before)).toContain('A session is not linked yet.');
    proxy.decide = () => 'pass';
    expect(await linked()).toBe(1);
  });

  test.each(['cut', 'hang'] as const)(
    '(%s) a sign-up succeeds within 5 s and gets its link later',
    async (fate) => {
      const before = service.printed().length;
      proxy.decide = () => fate;
      const { result, took } = await observed(() => signUp(service.outputs));
      expect(took).toBeLessThan(5000);
      expect(service.printed().slice(before)).toContain('The trigger failed.');
      proxy.decide = () => 'pass';
      const { status, body } = await call(service.outputs, 'GET /me/referral', {
        token: result.token,
      });
      expect([status, body.userId]).toEqual([200, result.userId]);
    },
  );

  test('the log has the cause once, and no data of the visitor', async () => {
    const code = await knownCode();
    const before = service.printed().length;
    proxy.decide = () => 'cut';
    await call(service.outputs, `GET /r/${code}`, {
      headers: { cookie: 'referral_session=abcdefghijklmnopqrstuv', 'x-forwarded-for': '6.6.6.6' },
    });
    const lines = service.printed().slice(before).trim().split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'ERROR',
      message: 'The request failed.',
      correlation_id: expect.any(String),
      error: { name: 'ReferralsError', cause: { name: expect.any(String) } },
    });
    expect(lines[0]).not.toMatch(/abcdefghijklmnopqrstuv|6\.6\.6\.6|127\.0\.0\.1"/);
  });
});
