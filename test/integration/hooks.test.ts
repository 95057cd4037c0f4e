import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import type { ClickToClassify } from '../../functions/core/click.ts';
import { loadHooks } from '../../functions/setup/hooks.ts';
import { call, click, createReferral, sessionIn, signUp, type User } from './client.ts';
import { domainOn } from './domain.ts';
import { startTestService, type TestService } from './test-service.ts';

const { DynamoDBEndpoint } = inject('outputs');

// Each request tells the hooks what to do, so that all tests can use one module.
const HOOKS = `
export const generateCode = ({ label }, owner) => {
  if (label === 'throw') throw new Error('no code today');
  if (label === 'rubbish') return 'not a code';
  if (label?.startsWith('code:')) return label.slice(5);
  return String(owner.attributes.email).replace(/\\W/g, '').slice(0, 64);
};
export const clientIp = async (event) => {
  const ip = event.headers['x-test-ip'];
  if (ip === 'throw') throw new Error('no IP today');
  if (ip === 'never') return new Promise(() => {});
  return ip === 'none' ? undefined : (ip ?? '198.51.100.7');
};
export const classifyClick = ({ kind, userAgent, headers, ...others }) => {
  const wanted = headers['x-test-kind'];
  if (wanted === 'throw') throw new Error('no kind today');
  if (wanted === 'never') return new Promise(() => {});
  if (wanted === 'tell') console.log('CLICK ' + JSON.stringify({ kind, userAgent, headers, ...others }));
  return wanted === 'tell' || wanted === undefined ? undefined : wanted;
};
export const includeResponse = ({ action }) => {
  if (action === 'THROW') throw new Error('no list today');
  return action === 'RUBBISH' ? 'yes' : action !== 'SECRET';
};
export const publicReferral = async ({ code, target }) => {
  if (target?.id === 'throw') throw new Error('no name today');
  if (target?.id === 'rubbish') return 'Ada';
  if (target?.id === 'cycle') { const cycle = {}; cycle.cycle = cycle; return cycle; }
  if (target?.id === 'never') return new Promise(() => {});
  return { invitedBy: 'Ada', since: new Date(0), code: 'another' };
};
`;

let service: TestService;
let user: User;

beforeAll(async () => {
  const directory = inject('scratch');
  const hooks = join(directory, 'hooks.mjs');
  await writeFile(hooks, HOOKS);
  service = await startTestService({
    variables: { DYNAMODB_ENDPOINT: DynamoDBEndpoint, HOOKS: hooks },
  });
  user = await signUp(service.outputs);
});
afterAll(() => service.stop());

const create = (label: string) =>
  call(service.outputs, 'POST /referrals', { token: user.token, body: { redirectTo: '/', label } });

const failed = (hook: string) => ({
  type: 'about:blank',
  title: 'Internal Server Error',
  status: 500,
  code: 'hook_failed',
  detail: `The hook ${hook} failed.`,
});

describe('the hook generateCode', () => {
  test('makes a code from the account at sign-up', async () => {
    const { body } = await call(service.outputs, 'GET /me/referral', { token: user.token });
    expect(body.code).toBe(user.email.replace(/\W/g, '').slice(0, 64));
  });

  test('makes a code from the referral and the claims of the token', async () => {
    const { body } = await create(`code:Of-${user.userId}`);
    expect(body.code).toBe(`Of-${user.userId}`);
    expect((await click(service.outputs, body.code)).status).toBe(302);
  });

  test('a taken code is a 409', async () => {
    await create(`code:Twice-${user.userId}`);
    const other = await signUp(service.outputs);
    const { status, body } = await call(service.outputs, 'POST /referrals', {
      token: other.token,
      body: { redirectTo: '/', label: `code:Twice-${user.userId}` },
    });
    expect([status, body.code]).toEqual([409, 'code_taken']);
  });

  test.each(['throw', 'rubbish'])(
    'that fails (%s) is a named error for the caller, and logged',
    async (label) => {
      const before = service.printed().length;
      const { status, body } = await create(label);
      expect([status, body]).toEqual([500, failed('generateCode')]);
      expect(service.printed().slice(before)).toContain('The hook generateCode failed.');
    },
  );
});

describe('the hook clientIp', () => {
  const ipOf = async (session: string) => {
    const { table } = domainOn(service.outputs);
    const { Items = [] } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': `VISITOR#${session}` },
      }),
    );
    return Items.map(({ ip }) => ip);
  };

  test('decides which address is kept', async () => {
    const { code } = (await create(`code:${randomUUID()}`)).body;
    expect(await ipOf((await click(service.outputs, code)).session)).toEqual(['198.51.100.0']);
  });

  test('keeps API Gateway’s address if it returns undefined', async () => {
    const { code } = (await create(`code:${randomUUID()}`)).body;
    const headers = { 'x-test-ip': 'none' };
    const answer = await call(service.outputs, `GET /r/${code}`, { headers });
    expect(await ipOf(sessionIn(answer))).toEqual(['127.0.0.0']);
  });

  test.each(['throw', 'rubbish', 'never'])(
    'that fails (%s) loses no click: API Gateway’s address is kept',
    async (ip) => {
      const { code } = (await create(`code:${randomUUID()}`)).body;
      const before = service.printed().length;
      const answer = await call(service.outputs, `GET /r/${code}`, {
        headers: { 'x-test-ip': ip },
      });
      expect(answer.status).toBe(302);
      expect(await ipOf(sessionIn(answer))).toEqual(['127.0.0.0']);
      expect(service.printed().slice(before)).toContain('The hook clientIp failed.');
    },
  );
});

describe('the hook classifyClick', () => {
  const clickAs = async (kind: string, headers: Record<string, string> = {}) => {
    const { code } = (await create(`code:${randomUUID()}`)).body;
    const before = service.printed().length;
    const answer = await call(service.outputs, `GET /r/${code}`, {
      headers: { 'x-test-kind': kind, ...headers },
    });
    const path = `GET /referrals/${code}/responses`;
    const { body } = await call(service.outputs, path, { token: user.token });
    return {
      code,
      status: answer.status,
      session: sessionIn(answer),
      kinds: body.items.map((item: { kind: string }) => item.kind),
      printed: service.printed().slice(before),
    };
  };

  test('has the last word', async () => {
    const bot = { 'user-agent': 'Googlebot/2.1' };
    expect(await clickAs('bot')).toMatchObject({ status: 302, session: '', kinds: ['bot'] });
    expect(await clickAs('prefetch')).toMatchObject({ session: '', kinds: ['prefetch'] });
    const human = await clickAs('human', bot);
    expect(human).toMatchObject({ session: expect.stringMatching(/./), kinds: ['human'] });
  });

  test('gets the default and the headers, but nothing secret', async () => {
    const { code, kinds, printed } = await clickAs('tell', {
      'user-agent': 'Googlebot/2.1',
      authorization: 'Bearer secret',
      cookie: `referral_session=${'secret'.padEnd(22, 'x')}`,
      referer: 'https://blog.example.com/?token=secret',
      'x-referral-session': 'secret',
      'cf-bot-score': '7',
    });
    expect(kinds).toEqual(['bot']);
    const [, told = ''] = /CLICK (.*)/.exec(printed) ?? [];
    expect(JSON.parse(told)).toMatchObject({
      code,
      kind: 'bot',
      method: 'GET',
      userAgent: 'Googlebot/2.1',
      headers: { 'cf-bot-score': '7', 'user-agent': 'Googlebot/2.1' },
    });
    expect(told).not.toContain('secret');
  });

  test.each(['throw', 'rubbish', 'own', 'never'])(
    'that fails (%s) is logged, and the click goes on with the default',
    async (kind) => {
      const { status, session, kinds, printed } = await clickAs(kind);
      expect([status, kinds]).toEqual([302, ['human']]);
      expect(session).not.toBe('');
      expect(printed).toContain('The hook classifyClick failed.');
    },
  );
});

describe('the hook includeResponse', () => {
  const list = (path: string) => call(service.outputs, `GET ${path}`, { token: user.token });

  test('removes responses from both lists', async () => {
    const code = await createReferral(service.outputs, user, {
      redirectTo: '/',
      label: 'code:List',
    });
    const { session } = await click(service.outputs, code);
    for (const action of ['SECRET', 'BOUGHT']) {
      await call(service.outputs, 'POST /actions', { session, body: { action } });
    }
    for (const path of [`/referrals/${code}/responses`, '/responses?limit=3']) {
      const { body } = await list(path);
      const actions = body.items.map(({ action }: { action: string }) => action);
      expect(actions).toEqual(['BOUGHT', 'RESPONDED']);
    }
  });

  test.each(['THROW', 'RUBBISH'])(
    'that fails (%s) is a named error for the caller',
    async (action) => {
      const label = `code:${action}`;
      const code = await createReferral(service.outputs, user, { redirectTo: '/', label });
      const { session } = await click(service.outputs, code);
      await call(service.outputs, 'POST /actions', { session, body: { action } });
      const { status, body } = await list(`/referrals/${code}/responses`);
      expect([status, body]).toEqual([500, failed('includeResponse')]);
    },
  );
});

describe('the hook publicReferral', () => {
  const seenBy = async (id: string) => {
    const target = { type: 'article', id };
    const body = { redirectTo: '/', label: `code:${randomUUID()}`, target };
    const code = await createReferral(service.outputs, user, body);
    const { session } = await click(service.outputs, code);
    const answer = await call(service.outputs, 'GET /attribution', { session });
    const known = {
      code,
      target,
      redirectTo: `${service.outputs.ApiUrl}/`,
      respondedAt: expect.any(String),
      via: 'link',
    };
    return { answer: [answer.status, answer.body.referral], known };
  };

  test('adds fields for visitors, but replaces none', async () => {
    const { answer, known } = await seenBy('42');
    const added = { invitedBy: 'Ada', since: '1970-01-01T00:00:00.000Z' };
    expect(answer).toEqual([200, { ...known, ...added }]);
  });

  test.each(['throw', 'rubbish', 'cycle', 'never'])(
    'that fails (%s) is logged, and adds nothing',
    async (failure) => {
      const before = service.printed().length;
      const { answer, known } = await seenBy(failure);
      expect(answer).toEqual([200, known]);
      expect(service.printed().slice(before)).toContain('The hook publicReferral failed.');
    },
  );
});

test('the trigger returns a foreign event unchanged and logs it', async () => {
  const event = { triggerSource: 'SomethingElse', any: 'thing' };
  const path = '/2015-03-31/functions/confirm-sign-up/invocations';
  const { body } = await call(service.outputs, `POST ${path}`, { body: event });
  expect(body).toEqual(event);
  expect(service.printed()).toContain('The event is not a sign-up and is returned unchanged.');
});

test('no click is lost if the hooks can’t be loaded', async () => {
  const broken = join(inject('scratch'), 'broken.mjs');
  await writeFile(broken, 'export const generateCode = ; // no JavaScript');
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  onTestFinished(() => void vi.unstubAllEnvs());
  const hooks = await loadHooks(pathToFileURL(broken).href);
  const event = { requestContext: { requestId: '1' } } as APIGatewayProxyEventV2;
  const click: ClickToClassify = {
    code: 'H7lMCTKv9X',
    kind: 'human',
    method: 'GET',
    userAgent: '',
    headers: {},
  };
  expect([await hooks.clientIp(event), await hooks.classifyClick(click, '1')]).toEqual([
    undefined,
    undefined,
  ]);
  const referral = { userId: '1', redirectTo: '/' };
  await expect(hooks.generateCode?.(referral, undefined)).rejects.toMatchObject({
    code: 'hook_failed',
    message: 'The hook generateCode failed.',
  });
});

test('code length and alphabet, the header with the IP and retention can be set', async () => {
  const configured = await startTestService({
    variables: {
      DYNAMODB_ENDPOINT: DynamoDBEndpoint,
      CODE_LENGTH: '16',
      CODE_ALPHABET: 'abcdefghijklmnop',
      CLIENT_IP_HEADER: 'CF-Connecting-IP',
      RETENTION_SECONDS: '2592000',
    },
  });
  const owner = await signUp(configured.outputs);
  const code = await createReferral(configured.outputs, owner);
  expect(code).toMatch(/^[a-p]{16}$/);
  const { table } = domainOn(configured.outputs);
  for (const [header, ip] of [
    ['203.0.113.9', '203.0.113.0'],
    ['garbage', '127.0.0.0'],
  ] as const) {
    const answer = await call(configured.outputs, `GET /r/${code}`, {
      headers: { 'cf-connecting-ip': header },
    });
    const { body } = await call(configured.outputs, `GET /referrals/${code}/responses?limit=1`, {
      token: owner.token,
    });
    const [{ id, createdAt }] = body.items;
    const { Item } = await table.client.send(
      new GetCommand({
        TableName: table.name,
        Key: { pk: `VISITOR#${sessionIn(answer)}`, sk: `RESPONSE#${id}` },
      }),
    );
    expect([Item?.ip, Item?.ttl]).toEqual([
      ip,
      Math.floor(Date.parse(createdAt) / 1000) + 2_592_000,
    ]);
  }
  await configured.stop();
});
