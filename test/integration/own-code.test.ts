import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { readOrSetAside } from '../../functions/messages/stream.ts';
import { allPages, call, click, signUp, type User } from './client.ts';
import { domainOn } from './domain.ts';
import { recordedStream } from './recorded-stream.ts';
import { startTestService, type TestService } from './test-service.ts';
import { TIME } from './time.ts';

let service: TestService;

beforeAll(async () => {
  const variables = { DYNAMODB_ENDPOINT: inject('outputs').DynamoDBEndpoint, CODE_CUSTOM: 'true' };
  service = await startTestService({ variables });
});
afterAll(() => service.stop());

const newUser = () => signUp(service.outputs);
const newCode = () => `own-${randomUUID()}`;
const create = ({ token }: User, code?: string, redirectTo = '/welcome') =>
  call(service.outputs, 'POST /referrals', { token, body: { redirectTo, ...(code && { code }) } });
const edit = ({ token }: User, code: string, body: object) =>
  call(service.outputs, `PATCH /referrals/${code}`, { token, body });
const read = ({ token }: User, code: string, suffix = '') =>
  call(service.outputs, `GET /referrals/${code}${suffix}`, { token });

const taken = (code: string) => ({
  type: 'about:blank',
  title: 'Conflict',
  status: 409,
  code: 'code_taken',
  detail: `The code ${code} is taken.`,
  field: 'code',
});

describe('a chosen code', () => {
  test('can be chosen for a new link', async () => {
    const [user, code] = [await newUser(), newCode()];
    const { status, body } = await create(user, code);
    expect([status, body.code, body.firstCode]).toEqual([201, code, code]);
    expect(body.url).toBe(`${service.outputs.ApiUrl}/r/${code}`);
    expect((await click(service.outputs, code)).headers.get('location')).toBe(body.redirectTo);
    expect((await read(user, code)).body).toEqual({
      ...body,
      clicks: 1,
      uniqueVisitors: 1,
      countedUntil: TIME,
    });
  });

  test('can replace the first code: both lead to the same link and count for it', async () => {
    const [user, code] = [await newUser(), newCode()];
    const { body: before } = await create(user);
    await click(service.outputs, before.code);
    const { status, body } = await edit(user, before.code, { code });
    expect(status).toBe(200);
    expect(body).toEqual({
      ...before,
      code,
      url: `${service.outputs.ApiUrl}/r/${code}`,
      clicks: 1,
      uniqueVisitors: 1,
      countedUntil: TIME,
    });
    expect(body.firstCode).toBe(before.code);

    const { session } = await click(service.outputs, code);
    await click(service.outputs, before.code, session);
    const counted = { ...body, clicks: 3, uniqueVisitors: 2, countedUntil: TIME };
    for (const either of [before.code, code]) {
      expect((await read(user, either)).body).toEqual(counted);
      expect((await read(user, either, '/stats')).body.totals).toMatchObject({ clicks: 3 });
      const responses = await read(user, either, '/responses');
      expect(responses.body.items.map((response: { code: string }) => response.code)).toEqual(
        Array(3).fill(before.code),
      );
    }
    const listed = await allPages(service.outputs, '/referrals', user.token, 100);
    expect(listed.filter(({ firstCode }) => firstCode === before.code)).toEqual([counted]);
    const again = await create(user);
    expect([again.status, again.body]).toEqual([200, counted]);
  });

  test('gives credit to its link', async () => {
    const [user, code] = [await newUser(), newCode()];
    const { body } = await create(user);
    await edit(user, body.code, { code });
    const { session } = await click(service.outputs, code);
    await call(service.outputs, 'POST /actions', { session, body: { action: 'PURCHASED' } });
    const { body: stats } = await read(user, code, '/stats');
    expect(stats.totals.actions).toEqual({ PURCHASED: 1 });
  });

  test('can be changed again through any code of the link, even back to the first', async () => {
    const [user, one, two] = [await newUser(), newCode(), newCode()];
    const { body: before } = await create(user);
    await edit(user, before.code, { code: one });
    expect((await edit(user, one, { code: two })).body.code).toBe(two);
    expect((await edit(user, before.code, { code: one })).body.code).toBe(one);
    expect((await edit(user, two, { code: before.code })).body).toEqual({
      ...before,
      countedUntil: TIME,
    });
    for (const code of [one, two])
      expect((await read(user, code)).body).toEqual({ ...before, countedUntil: TIME });
  });

  test('is stopped if its link is stopped', async () => {
    const [user, code] = [await newUser(), newCode()];
    const { body } = await create(user);
    await edit(user, body.code, { code, disabled: true });
    const { headers } = await click(service.outputs, code);
    expect(headers.get('location')).toBe(service.outputs.DefaultRedirectTo);
  });

  test('is 409 if it is taken, and the answer suggests a free one', async () => {
    const [owner, user, code] = [await newUser(), await newUser(), newCode()];
    const { body: link } = await create(owner, code);
    await edit(owner, code, { code: `${code}-2` });
    const { body: own } = await create(user);
    for (const of of [code, `${code}-2`]) {
      const refused = await create(user, of, '/other');
      const expected = { ...taken(of), suggestion: of === code ? `${code}-3` : `${code}-2-2` };
      expect([refused.status, refused.body]).toEqual([409, expected]);
      expect((await edit(user, own.code, { code: of })).body).toEqual(expected);
    }
    expect((await create(user, `${code}-3`, '/other')).status).toBe(201);
    expect((await read(user, link.code)).status).toBe(404);
  });

  test('is shortened in the suggestion if it has the maximum length', async () => {
    const [user, code] = [await newUser(), `${randomUUID()}${randomUUID()}`.slice(0, 64)];
    await create(user, code);
    const refused = await create(await newUser(), code);
    expect(refused.body.suggestion).toBe(`${code.slice(0, 62)}-2`);
  });

  test('goes to one of twenty requests that choose it at once', async () => {
    const code = newCode();
    const users = await Promise.all(Array.from({ length: 10 }, newUser));
    const links = await Promise.all(users.map((user) => create(user)));
    const answers = await Promise.all(
      users.flatMap((user, n) => [
        edit(user, links[n]?.body.code, { code }),
        create(user, code, '/other'),
      ]),
    );
    const stored = answers.filter(({ status }) => status < 300);
    expect(stored.map(({ body }) => body.code)).toEqual([code]);
    expect(new Set(answers.map(({ body }) => body.code))).toEqual(new Set([code, 'code_taken']));
  });

  test('may be sent again (200), but another code for the same link is 409', async () => {
    const [user, code] = [await newUser(), newCode()];
    const made = await create(user, code);
    const again = await create(user, code);
    expect([again.status, again.body]).toEqual([200, { ...made.body, countedUntil: TIME }]);
    const other = await create(user, newCode());
    expect([other.status, other.body.code, other.body.field]).toEqual([
      409,
      'referral_exists',
      'code',
    ]);
  });

  test.each(['admin', 'Admin', 'API-', 'log-in', '_api', 'openapi', 'support'])(
    'may not be a misleading name (%s)',
    async (code) => {
      const user = await newUser();
      const { body } = await create(user);
      for (const refused of [
        await create(user, code, '/other'),
        await edit(user, body.code, { code }),
      ]) {
        expect([refused.status, refused.body.detail]).toEqual([422, 'code is a reserved name.']);
      }
    },
  );

  test.each(['abc', 'x'.repeat(65), 'ädä-', 'a b c', 'a/b/', 'a.b.', '', 7])(
    'must have the format of a code (%j)',
    async (code) => {
      const user = await newUser();
      const refused = await call(service.outputs, 'POST /referrals', {
        token: user.token,
        body: { redirectTo: '/', code },
      });
      expect([refused.status, refused.body.code, refused.body.field]).toEqual([
        422,
        'invalid_field',
        'code',
      ]);
    },
  );
});

describe('choosing a code', () => {
  test('is 429 for the sixth time on a day, and says when it is possible again', async () => {
    const user = await newUser();
    const { body } = await create(user, newCode());
    for (let n = 0; n < 4; n++) {
      expect((await edit(user, body.code, { code: newCode() })).status).toBe(200);
    }
    const before = await read(user, body.code);
    for (const refused of [
      await edit(user, body.code, { code: newCode(), label: 'x' }),
      await create(user, newCode(), '/other'),
    ]) {
      expect([refused.status, refused.body.code, refused.body.field]).toEqual([
        429,
        'too_many_changes',
        'code',
      ]);
      const midnight = 86_400 - (Math.floor(Date.now() / 1000) % 86_400);
      const wait = Number(refused.headers.get('retry-after'));
      expect(Math.abs(wait - midnight)).toBeLessThan(5);
    }
    expect((await read(user, body.code)).body).toEqual({ ...before.body, countedUntil: TIME });
    expect((await edit(user, body.code, { code: before.body.code, label: 'x' })).status).toBe(200);
    expect((await create(await newUser(), newCode())).status).toBe(201);
  });

  test('counts only if it succeeds', async () => {
    const [user, code] = [await newUser(), newCode()];
    await create(await newUser(), code);
    for (let n = 0; n < 6; n++) expect((await create(user, code)).body.code).toBe('code_taken');
    expect((await create(user, newCode())).status).toBe(201);
  });

  test('ten times at once succeeds five times', async () => {
    const user = await newUser();
    const { body } = await create(user);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => edit(user, body.code, { code: newCode() })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([
      ...Array(5).fill(200),
      ...Array(5).fill(429),
    ]);
  });
});

test('a further code is not a separate link in a list of all links or in the stream', async () => {
  const { DynamoDBEndpoint, TableName } = inject('outputs');
  const { store } = domainOn(inject('outputs'));
  const [user, code] = [await newUser(), newCode()];
  const { body } = await create(user);
  await edit(user, body.code, { code });
  const found = [];
  for await (const referral of store.everyReferral()) {
    if (referral.userId === user.userId && referral.alias === code) found.push(referral.code);
    expect(referral.code).toEqual(expect.any(String));
  }
  expect(found).toEqual([body.code]);
  const records = await recordedStream(DynamoDBEndpoint, TableName);
  const alias = records.find(({ dynamodb }) => dynamodb?.Keys?.pk?.S === `REFERRAL#${code}`);
  expect(alias?.eventName).toBe('INSERT');
  expect(alias && (await readOrSetAside(alias, 'http://127.0.0.1:9/nowhere'))).toBeUndefined();
});
