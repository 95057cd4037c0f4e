import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { createReferrals, ReferralsProblem } from '../../web/client/index.ts';
import { BROWSER, CLIENT_IP, click, createReferral, newIp, signUp, type User } from './client.ts';
import { startTestService } from './test-service.ts';
import { TIME } from './time.ts';

const outputs = inject('outputs');
const { ApiUrl: apiUrl } = outputs;

/** The client of a user's page. */
const clientOf = ({ token }: User) => createReferrals({ apiUrl, token: async () => token });

/** All items of a list. */
async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** A referral as its owner sees it. */
const referral = (code: string, user: User, fields: object = {}) => ({
  code,
  url: `${apiUrl}/r/${code}`,
  firstCode: code,
  userId: user.userId,
  label: null,
  redirectTo: `${apiUrl}/welcome`,
  target: null,
  createdAt: TIME,
  expiresAt: null,
  disabledAt: null,
  clicks: 0,
  uniqueVisitors: 0,
  suspicious: 0,
  countedUntil: TIME,
  ...fields,
});

const problem = (fields: object) =>
  expect.objectContaining({ name: 'ReferralsProblem', ...fields });

describe('a user’s client', () => {
  test('makes, finds, edits and reads links', async () => {
    const user = await signUp(outputs);
    const referrals = clientOf(user);
    const { code } = await referrals.create({ redirectTo: '/welcome' });
    expect(await referrals.get(code)).toEqual(referral(code, user));
    expect(await referrals.create({ redirectTo: '/welcome' })).toEqual(referral(code, user));
    const changed = referral(code, user, { label: 'news', disabledAt: TIME });
    expect(await referrals.edit(code, { label: 'news', disabled: true })).toEqual(changed);
    const mine = await referrals.mine();
    expect(mine).toEqual(referral(mine.code, user, { redirectTo: `${apiUrl}/` }));
    expect(await all(referrals.list())).toEqual([changed, { ...mine, countedUntil: TIME }]);
  });

  test('lists everything page by page, and asks for no page that nobody wants', async () => {
    const user = await signUp(outputs);
    const codes = [];
    for (const path of ['/1', '/2', '/3']) {
      codes.unshift(await createReferral(outputs, user, { redirectTo: path }));
    }
    const send = vi.spyOn(globalThis, 'fetch');
    const list = clientOf(user).list({ pageSize: 2 });
    const pages = () => send.mock.calls.length;
    expect(pages()).toBe(0);
    expect((await list.next()).value.code).toBe(codes[0]);
    expect((await list.next()).value.code).toBe(codes[1]);
    expect(pages()).toBe(1);
    expect((await all(list)).map(({ code }) => code)).toEqual([codes[2], expect.any(String)]);
    expect(pages()).toBe(2);
    send.mockRestore();
  });

  test('reads the responses to one link and to all links, and their counts', async () => {
    const user = await signUp(outputs);
    const referrals = clientOf(user);
    const [one, other] = [
      await createReferral(outputs, user, { redirectTo: '/1' }),
      await createReferral(outputs, user, { redirectTo: '/2' }),
    ];
    await click(outputs, one);
    await click(outputs, other);
    const clicked = (code: string) => ({
      id: expect.any(String),
      code,
      action: 'RESPONDED',
      actionDisplay: 'Clicked on referral link',
      kind: 'human',
      first: true,
      trusted: true,
      via: 'link',
      userId: null,
      target: null,
      httpReferer: null,
      campaign: null,
      createdAt: TIME,
    });
    expect(await all(referrals.responses(one))).toEqual([clicked(one)]);
    expect(await all(referrals.responses(undefined, { pageSize: 1 }))).toEqual([
      clicked(other),
      clicked(one),
    ]);
    const stats = await referrals.stats(one, { interval: 'month', tz: 'Europe/Berlin' });
    expect([stats.interval, stats.timeZone, stats.totals.clicks]).toEqual([
      'month',
      'Europe/Berlin',
      1,
    ]);
  });

  test('throws what is wrong', async () => {
    const referrals = clientOf(await signUp(outputs));
    await expect(referrals.create({ redirectTo: 'https://evil.example' })).rejects.toEqual(
      problem({
        code: 'invalid_redirect',
        status: 422,
        field: 'redirectTo',
        detail: `redirectTo must be a path such as /welcome, or a URL on one of: ${apiUrl}.`,
        suggestion: undefined,
      }),
    );
    await expect(all(referrals.list({ pageSize: 1000 }))).rejects.toEqual(
      problem({ code: 'invalid_limit', status: 400, field: 'limit' }),
    );
    await expect(createReferrals({ apiUrl }).mine()).rejects.toEqual(
      problem({
        code: 'unauthorized',
        status: 401,
        message: 'The gateway answered GET /me/referral with 401: Unauthorized',
      }),
    );
    await expect(createReferrals({ apiUrl, session: 'x' }).attribution()).rejects.toEqual(
      problem({ code: 'invalid_session', status: 400, field: 'X-Referral-Session' }),
    );
  });

  test('shows a free code if the wanted one is taken', async () => {
    const service = await startTestService({
      variables: { DYNAMODB_ENDPOINT: outputs.DynamoDBEndpoint, CODE_CUSTOM: 'true' },
    });
    const wanted = `ada-${randomUUID().slice(0, 8)}`;
    const make = async () => {
      const { token } = await signUp(service.outputs);
      return createReferrals({ apiUrl: service.outputs.ApiUrl, token: () => token }).create({
        redirectTo: '/welcome',
        code: wanted,
      });
    };
    expect((await make()).code).toBe(wanted);
    await expect(make()).rejects.toEqual(
      problem({ code: 'code_taken', status: 409, field: 'code', suggestion: `${wanted}-2` }),
    );
    await service.stop();
  });
});

describe('a visitor’s client', () => {
  const send = globalThis.fetch;
  beforeAll(() => {
    // A program would be a bot.
    vi.stubGlobal('fetch', (request: Request | string, init?: RequestInit) => {
      if (request instanceof Request) {
        request.headers.set('user-agent', BROWSER);
        request.headers.set(CLIENT_IP, newIp());
      }
      return send(request, init);
    });
  });
  afterAll(() => {
    vi.unstubAllGlobals();
  });

  const attribution = (code: string, via: string) => ({
    code,
    target: null,
    redirectTo: `${apiUrl}/welcome`,
    respondedAt: TIME,
    via,
  });
  const newLink = async () => createReferral(outputs, await signUp(outputs));

  test('records what they do, each action once', async () => {
    const code = await newLink();
    const { session } = await click(outputs, code);
    const referrals = createReferrals({ apiUrl, session });
    expect(await referrals.attribution()).toEqual(attribution(code, 'link'));
    const options = { target: { type: 'order', id: '7' }, idempotencyKey: 'order-7' };
    const recorded = await referrals.record('ORDERED', options);
    expect(recorded).toEqual({
      id: expect.any(String),
      code,
      action: 'ORDERED',
      actionDisplay: 'ORDERED',
      kind: 'human',
      first: false,
      userId: null,
      target: options.target,
      httpReferer: null,
      createdAt: TIME,
    });
    expect(await referrals.record('ORDERED', options)).toEqual(recorded);
    const next = await referrals.record('ORDERED');
    expect(next?.id).not.toBe(recorded?.id);
  });

  test('is credited to nobody without a session', async () => {
    const referrals = createReferrals({ apiUrl, session: () => null });
    expect([await referrals.attribution(), await referrals.record('ORDERED')]).toEqual([
      null,
      null,
    ]);
  });

  test.each([
    ['typed', 'enterCode'],
    ['page', 'arrive'],
  ] as const)('arrives with via %s by %s(), and the session stays theirs', async (via, method) => {
    const code = await newLink();
    let session: string | null = null;
    const referrals = createReferrals({ apiUrl, session: () => session });
    const arrived = await referrals[method](code);
    expect(arrived).toEqual({
      referral: attribution(code, via),
      session: expect.stringMatching(/^[\w-]{32}$/),
      cookie: true,
    });
    session = arrived.session;
    expect(await referrals.attribution()).toEqual(arrived.referral);
    expect(await referrals.session()).toEqual({ session, cookie: true });
  });

  test('tells the campaign of the page and the page before', async () => {
    const user = await signUp(outputs);
    const code = await createReferral(outputs, user);
    await createReferrals({ apiUrl }).arrive(code, {
      page: `${apiUrl}/?ref=${code}&utm_source=news`,
      referrer: 'https://blog.example.com/post?q=1',
    });
    const [response] = await all(clientOf(user).responses(code));
    expect([response?.campaign, response?.httpReferer]).toEqual([
      { source: 'news' },
      'https://blog.example.com/post',
    ]);
  });

  test('exchanges a handoff, and links what they did to the user', async () => {
    const service = await startTestService({
      variables: {
        DYNAMODB_ENDPOINT: outputs.DynamoDBEndpoint,
        APP_URL: 'https://app.example.com',
      },
    });
    const owner = await signUp(service.outputs);
    const clicked = await click(service.outputs, await createReferral(service.outputs, owner));
    const { searchParams } = new URL(clicked.headers.get('location') ?? '');
    const visitor = { apiUrl: service.outputs.ApiUrl };
    const { session, cookie } = await createReferrals(visitor).session(
      searchParams.get('referral_handoff') ?? '',
    );
    expect([session, cookie]).toEqual([clicked.session, false]);
    const { token } = await signUp(service.outputs);
    const referrals = createReferrals({ ...visitor, token: () => token, session });
    expect([await referrals.link(), await referrals.link()]).toEqual([1, 0]);
    await service.stop();
  });
});

/** An answer of a service in trouble. */
interface Trouble {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  /** Closes the connection, before the answer or in it. */
  readonly cut?: 'before' | 'within';
  /** Never answers. */
  readonly hang?: boolean;
}

describe('the client of a service in trouble', () => {
  let answers: Trouble[];
  const received: { call: string; headers: IncomingHttpHeaders; body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    const body = headers['content-type'] ? await json(request) : undefined;
    received.push({ call: `${method} ${url}`, headers, body });
    answer(response, answers.shift() ?? {});
  });

  function answer(response: ServerResponse, { status = 200, headers, body, ...other }: Trouble) {
    if (other.hang) return;
    if (other.cut === 'before') {
      response.destroy();
      return;
    }
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    if (other.cut === 'within') response.write('{"ref', () => response.destroy());
    else response.end(typeof body === 'string' ? body : JSON.stringify(body ?? { referral: null }));
  }

  let referrals: ReturnType<typeof createReferrals>;
  let origin: string;
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    referrals = createReferrals({ apiUrl: origin });
  });
  beforeEach(() => {
    received.length = 0;
    answers = [];
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  const unavailable = (retryAfter: number): Trouble => ({
    status: 503,
    headers: { 'content-type': 'application/problem+json', 'retry-after': `${retryAfter}` },
    body: { status: 503, code: 'unavailable', detail: 'The service is busy.' },
  });
  const throttled: Trouble = { status: 429, body: { message: 'Too Many Requests' } };

  test('waits as long as Retry-After says, and repeats an action with the same key', async () => {
    answers = [unavailable(1), unavailable(0), { status: 201, body: { response: { id: '1' } } }];
    const start = performance.now();
    expect(await referrals.record('PAID')).toEqual({ id: '1' });
    // A timer may fire a moment early.
    expect(performance.now() - start).toBeGreaterThan(990);
    const key = received[0]?.headers['idempotency-key'];
    expect(key).toMatch(/^[\da-f-]{36}$/);
    expect(
      received.map(({ call, headers, body }) => [call, headers['idempotency-key'], body]),
    ).toEqual(Array(3).fill(['POST /actions', key, { action: 'PAID' }]));
  });

  test.each<[string, Trouble]>([
    ['is throttled', throttled],
    ['is cut off before the answer', { cut: 'before' }],
    ['is cut off within the answer', { cut: 'within' }],
    [
      'gets a proxy’s error',
      { status: 502, headers: { 'content-type': 'text/html' }, body: '<p>' },
    ],
    ['gets the gateway’s error', { status: 503, body: { message: 'Service Unavailable' } }],
  ])('repeats a call that %s', async (_what, trouble) => {
    answers = [trouble, { body: { referral: { code: 'x' } } }];
    expect(await referrals.attribution()).toEqual({ code: 'x' });
    expect(received).toHaveLength(2);
  });

  test('never repeats an arrival that may have been counted, but one that was throttled', async () => {
    answers = [unavailable(0)];
    await expect(referrals.arrive('x')).rejects.toEqual(problem({ code: 'unavailable' }));
    answers = [{ cut: 'before' }];
    await expect(referrals.enterCode('x')).rejects.toEqual(problem({ code: 'unreachable' }));
    expect(received).toHaveLength(2);
    answers = [throttled, { body: { referral: null, session: null, cookie: false } }];
    await referrals.arrive('x');
    expect(received).toHaveLength(4);
  });

  test('does not wait for tomorrow, and says how long it would be', async () => {
    const retryAfter = { 'retry-after': '40000' };
    const body = { code: 'too_many_changes', detail: 'You have chosen five codes today.' };
    answers = [{ status: 429, headers: retryAfter, body }];
    await expect(referrals.edit('x', { code: 'ada' })).rejects.toEqual(
      problem({ code: 'too_many_changes', status: 429, retryAfter: 40_000 }),
    );
    expect(received).toHaveLength(1);
  });

  test('gives up after four attempts', async () => {
    answers = Array(5).fill(unavailable(0));
    await expect(referrals.attribution()).rejects.toEqual(
      problem({ code: 'unavailable', status: 503, message: 'The service is busy.', retryAfter: 0 }),
    );
    expect(received).toHaveLength(4);
  });

  test('says that nothing answers', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const apiUrl = `http://127.0.0.1:${(gone.address() as AddressInfo).port}`;
    gone.close();
    await once(gone, 'close');
    await expect(createReferrals({ apiUrl }).attribution()).rejects.toEqual(
      problem({
        code: 'unreachable',
        status: undefined,
        message: `${apiUrl} did not answer: fetch failed. In a browser, this can be CORS: the page's origin must be appUrl.`,
        cause: expect.any(TypeError),
      }),
    );
  });

  test.each<[number, string, string]>([
    [200, 'text/html', '<!doctype html>'],
    [404, 'text/html', '<!doctype html>'],
    [500, 'application/json', '{"error":"x"}'],
    [403, 'application/json', 'null'],
  ])('says that %d with %s is no answer of the API', async (status, type, body) => {
    answers = [{ status, headers: { 'content-type': `${type}; charset=utf-8` }, body }];
    await expect(referrals.attribution()).rejects.toEqual(
      problem({
        code: 'unexpected_answer',
        status,
        message: `GET /attribution got ${status} with ${type}, which is no answer of the API. apiUrl must be its origin, and whatever is in front must let it through.`,
      }),
    );
    expect(received).toHaveLength(1);
  });

  test('lets fields through that it does not know', async () => {
    answers = [{ body: { linked: 3, later: true } }];
    expect(await referrals.link()).toBe(3);
    answers = [{ body: { items: [{ code: 'x', later: 1 }], nextCursor: null, later: 2 } }];
    expect(await all(referrals.list())).toEqual([{ code: 'x', later: 1 }]);
    const body = { code: 'a_later_code', detail: 'Later.', later: true };
    answers = [{ status: 418, body }];
    await expect(referrals.mine()).rejects.toEqual(problem({ code: 'a_later_code', status: 418 }));
  });

  test('ends a call that gets no answer when its signal does, with the reason of the signal', async () => {
    answers = [{ hang: true }];
    const controller = new AbortController();
    const call = referrals.attribution({ signal: controller.signal });
    await vi.waitFor(() => expect(received).toHaveLength(1), 10_000);
    const reason = new Error('The page is gone.');
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
  });

  test('ends the wait for another attempt when its signal does', async () => {
    answers = [unavailable(10)];
    const controller = new AbortController();
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const call = referrals.record('PAID', { signal: controller.signal });
    await vi.waitFor(
      () => expect(timers).toHaveBeenCalledWith(expect.any(Function), 10_000),
      10_000,
    );
    timers.mockRestore();
    const reason = new Error('The page is gone.');
    const aborted = performance.now();
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(performance.now() - aborted).toBeLessThan(5_000);
    expect(received).toHaveLength(1);
  });

  test('sends nothing if its signal has ended, or if the token or the session can’t be had', async () => {
    const error = new Error('Sign in again.');
    const fail = () => {
      throw error;
    };
    const failing = [
      referrals.mine({ signal: AbortSignal.abort(error) }),
      createReferrals({ apiUrl: origin, token: fail }).mine(),
      createReferrals({ apiUrl: origin, token: () => Promise.reject(error) }).mine(),
      createReferrals({ apiUrl: origin, session: fail }).record('PAID'),
    ];
    for (const call of failing) await expect(call).rejects.toBe(error);
    expect(received).toEqual([]);
  });

  test('a mistake of the caller is no problem of the service, and is not repeated', async () => {
    const target = { type: 'order', id: 7n as unknown as string };
    await expect(referrals.record('PAID', { target })).rejects.toThrow(TypeError);
    expect(received).toEqual([]);
  });

  test('sends token, session and cookies’ mode with each call, and no header for what is not there', async () => {
    const send = vi.spyOn(globalThis, 'fetch');
    const given = { apiUrl: `${origin}/`, token: async () => 'TOKEN', session: () => 'SESSION' };
    await createReferrals(given).attribution();
    await createReferrals({ apiUrl: origin, token: () => undefined, session: '' }).attribution();
    expect(
      received.map(({ call, headers }) => [
        call,
        headers.authorization,
        headers['x-referral-session'],
      ]),
    ).toEqual([
      ['GET /attribution', 'Bearer TOKEN', 'SESSION'],
      ['GET /attribution', undefined, undefined],
    ]);
    const [[request] = []] = send.mock.calls;
    expect((request as Request).credentials).toBe('include');
    send.mockRestore();
  });
});

test.each([undefined, '', '/api', 'api.example.com'])(
  'apiUrl %s is refused in one sentence',
  (apiUrl) => {
    expect(() => createReferrals({ apiUrl: apiUrl as string })).toThrow(
      new TypeError('apiUrl must be the origin of the API, such as https://api.example.com.'),
    );
  },
);

test('a problem is an error that can be told from others', () => {
  const error = new ReferralsProblem('Why.', { code: 'unreachable' });
  expect([error instanceof Error, `${error}`]).toEqual([true, 'ReferralsProblem: Why.']);
});
