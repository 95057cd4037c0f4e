import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { definitionOf } from '../../contract/definitions.ts';
import { recordClick } from '../../functions/core/click.ts';
import { closeHour } from '../../functions/core/closing.ts';
import { createReferral as createInDomain } from '../../functions/core/create-referral.ts';
import { deploymentKeys } from '../../functions/core/deployment-keys.ts';
import { handOff } from '../../functions/core/hand-off.ts';
import { hourAt, startOf } from '../../functions/core/hours.ts';
import { openHour, REST } from '../../functions/core/marks.ts';
import type { Referral } from '../../functions/core/referral.ts';
import { functionNames, manifestOf } from '../../functions/manifest.ts';
import { type RouteName, routes } from '../../functions/routes.ts';
import { rightsOf } from '../../functions/store/table-rights.ts';
import type { triggers } from '../../functions/triggers.ts';
import { indexIsFull } from '../dynamodb-proxy/fates.ts';
import { type DynamoDBProxy, startDynamoDBProxy } from '../dynamodb-proxy/proxy.ts';
import { writesOf } from '../dynamodb-proxy/writes.ts';
import { BROWSER, call, click, createReferral, signUp, type User } from './client.ts';
import { clicked, type Domain, domainOn, newSession, newUserId } from './domain.ts';
import { recordedStream } from './recorded-stream.ts';
import { startTestService, type TestService } from './test-service.ts';

let proxy: DynamoDBProxy;
let service: TestService;
let user: User;

beforeAll(async () => {
  proxy = await startDynamoDBProxy(inject('outputs').DynamoDBEndpoint);
  service = await startTestService({
    variables: { DYNAMODB_ENDPOINT: proxy.endpoint, CODE_CUSTOM: 'true' },
  });
  user = await signUp(service.outputs);
});
afterAll(async () => {
  await service.stop();
  proxy.stop();
});

const invoke = (name: string, body: unknown) =>
  call(service.outputs, `POST /2015-03-31/functions/${name}/invocations`, { body });

/** A referral that no function has in memory, because none has made it. */
async function unknownReferral(): Promise<Referral> {
  const domain = domainOn(inject('outputs'));
  return (await createInDomain(domain, { userId: newUserId(), redirectTo: '/' })).referral;
}

/** A session with a response that can be linked and credited. */
async function clickedSession(): Promise<string> {
  const domain = domainOn(inject('outputs'));
  const { code } = await unknownReferral();
  const nothing = { redirectTo: undefined, purpose: undefined };
  const click = { code, method: 'GET', sessions: [newSession()], userAgent: BROWSER, ...nothing };
  return (await recordClick(domain, click)).session ?? '';
}

type Exercise = () => Promise<unknown>;

/** Makes each function outside the API, and each route that needs more than one call, use all its rights. */
const exercises: Readonly<
  Record<(typeof triggers)[number]['function'] | 'hit', Exercise> &
    Partial<Record<RouteName, Exercise>>
> = {
  hit: async () => {
    const session = newSession();
    await call(service.outputs, 'POST /session/link', { token: user.token, session });
    const { code } = await unknownReferral();
    return whileIndexIsFull(() => click(service.outputs, code, session));
  },
  files: () => exercised(() => call(service.outputs, 'GET /referrals.js')),
  'create-referral': async () => {
    const body = { redirectTo: `/${newUserId()}` };
    await asUser('POST /referrals', body);
    await asUser('POST /referrals', { redirectTo: `/${newUserId()}`, code: newUserId() });
    return asUser('POST /referrals', body);
  },
  'create-session': async () => {
    const domain = domainOn(inject('outputs'));
    const { code } = await unknownReferral();
    const handoff = await handOff({ ...domain, keys: deploymentKeys(domain) }, newSession(), code);
    const body = { handoff };
    await exercised(() => call(service.outputs, 'POST /session', { body }));
    return whileIndexIsFull(() => call(service.outputs, 'POST /session', { body }));
  },
  'record-click': async () => {
    const { code } = await unknownReferral();
    return whileIndexIsFull(() => call(service.outputs, 'POST /clicks', { body: { code } }));
  },
  'enter-code': async () => {
    const { code } = await unknownReferral();
    const body = { code };
    await exercised(() => call(service.outputs, 'POST /attribution', { body }));
    return asUser('POST /attribution', body);
  },
  'edit-referral': async () => {
    const code = await createReferral(service.outputs, user);
    return asUser(`PATCH /referrals/${code}`, { label: newUserId(), code: newUserId() }, user);
  },
  'record-action': async () => {
    const session = await clickedSession();
    const headers = { 'idempotency-key': newUserId() };
    const body = { action: 'A' };
    await whileIndexIsFull(() =>
      call(service.outputs, 'POST /actions', { session, headers, body }),
    );
    const nobody = { session: newSession(), headers, body };
    await exercised(() => call(service.outputs, 'POST /actions', nobody));
    return asUser('POST /actions', { action: 'A' });
  },
  'record-backend-action': async () => {
    const session = await clickedSession();
    const event = { session, action: 'A', idempotencyKey: newUserId() };
    await exercised(() => invoke('record-backend-action', { ...event, session: newSession() }));
    const { userId, token } = user;
    await call(service.outputs, 'POST /session/link', { token, session: await clickedSession() });
    await exercised(() => invoke('record-backend-action', { userId, action: 'A' }));
    return whileIndexIsFull(() => invoke('record-backend-action', event));
  },
  'get-attribution': async () => {
    const session = await clickedSession();
    await exercised(() => call(service.outputs, 'GET /attribution', { session }));
    return asUser('GET /attribution');
  },
  'get-my-referral': async () => {
    // A user without a link, because the database was away at sign-up.
    proxy.decide = () => 'cut';
    const late = await signUp(service.outputs);
    proxy.decide = () => 'pass';
    await asUser('GET /me/referral', undefined, late);
    return asUser('GET /me/referral', undefined, late);
  },
  'confirm-sign-up': async () => {
    const referralSession = await clickedSession();
    const event = (clientMetadata: object) => ({
      triggerSource: 'PostConfirmation_ConfirmSignUp',
      request: { userAttributes: { sub: newUserId() }, clientMetadata },
    });
    const brought = event({ referralSession });
    await whileIndexIsFull(() => invoke('confirm-sign-up', brought));
    await exercised(() => invoke('confirm-sign-up', event({ referralSession: newSession() })));
    return exercised(() => invoke('confirm-sign-up', brought));
  },
  'retry-sign-up': async () => {
    const session = await clickedSession();
    const event = (of: string) => {
      const signUp = { userId: newUserId(), attributes: {}, signedUpAt: new Date().toISOString() };
      const body = JSON.stringify({ ...signUp, session: of });
      return { Records: [{ messageId: '1', eventSource: 'aws:sqs', body }] };
    };
    const brought = event(session);
    await whileIndexIsFull(() => invoke('retry-sign-up', brought));
    await exercised(() => invoke('retry-sign-up', event(newSession())));
    return exercised(() => invoke('retry-sign-up', brought));
  },
  'store-click': async () => {
    const { code } = await unknownReferral();
    const createdAt = new Date().toISOString();
    const event = (session: string) => {
      const arrived = { action: 'RESPONDED', trusted: true, via: 'link', createdAt };
      const body = JSON.stringify({ id: ulid(), code, session, ...arrived });
      return { Records: [{ messageId: '1', eventSource: 'aws:sqs', body }] };
    };
    const returning = await clickedSession();
    await call(service.outputs, 'POST /session/link', { token: user.token, session: returning });
    await whileIndexIsFull(() => invoke('store-click', event(returning)));
    // The click that brought a user who has signed up meanwhile.
    const session = newSession();
    await signUp(service.outputs, session);
    return exercised(() => invoke('store-click', event(session)));
  },
  'consume-stream': async () => {
    const { referral } = await clicked(domainOn(inject('outputs')));
    const records = await recordedStream(
      inject('outputs').DynamoDBEndpoint,
      inject('outputs').TableName,
    );
    const isOfIt = ({ dynamodb }: DynamoDBRecord) => dynamodb?.NewImage?.code?.S === referral.code;
    // The service has followed them, so they come as those of another link.
    const Records = records.filter(isOfIt).map((record) => withCode(record, newUserId()));
    return exercised(() => invoke('consume-stream', { Records }));
  },
  'close-hours': async () => {
    const domain = domainOn(inject('outputs'));
    const { referral } = await clicked(domain);
    domain.clock.now = new Date(Date.now() - 70 * 60_000);
    await openHour(domain, referral.code, hourAt(domain.clock.now.getTime()));
    await domain.table.client.send(
      new UpdateCommand({
        TableName: domain.table.name,
        Key: { pk: `REFERRAL#${referral.code}`, sk: 'REFERRAL' },
        UpdateExpression: 'SET buckets = :two, resizedAt = :once',
        ExpressionAttributeValues: { ':two': 2, ':once': 0 },
      }),
    );
    await countPartly(domain);
    return exercised(() => invoke('close-hours', {}));
  },
};

/** The record of a response, as if it were to another link. */
const withCode = ({ dynamodb, ...record }: DynamoDBRecord, code: string): DynamoDBRecord => ({
  ...record,
  dynamodb: { ...dynamodb, NewImage: { ...dynamodb?.NewImage, code: { S: code } } },
});

const firstClick = {
  method: 'GET',
  sessions: [],
  redirectTo: undefined,
  purpose: undefined,
  userAgent: BROWSER,
  clientIp: '192.0.2.1',
};

/** Makes a referral whose latest hour is partly counted, with a visitor before and a visitor after that. */
async function countPartly(domain: Domain): Promise<void> {
  const now = new Date();
  const hour = hourAt(now.getTime() - REST - 1_000);
  domain.clock.now = new Date(startOf(hour));
  const { referral } = await createInDomain(domain, { userId: newUserId(), redirectTo: '/' });
  const { code } = referral;
  await recordClick(domain, { ...firstClick, code });
  // The service's own consumer marks the hour.
  await expect.poll(() => domain.store.openHours(code), { timeout: 20_000 }).toContain(hour);
  const before = hourAt(startOf(hour) - 1);
  await openHour(domain, code, before);
  domain.clock.now = now;
  await closeHour(domain, code, before);
  const mark = { hour, version: '1', due: now.toISOString() };
  await domain.store.reopenHour(code, mark);
  const visitors = [{ id: code, items: await domain.store.putVisitors(code, [['one', 'ip']]) }];
  const progress = { id: '1', until: startOf(hour), quarters: new Map(), visitors };
  await domain.store.saveProgress(code, mark, { due: mark.due, progress });
}

/** The accesses of a function's start, which `deployment-keys.test.ts` tests. */
const AT_START = ['Query KEY#', 'PutItem KEY#'];

let seen: string[] = [];

/** Notes the accesses to the database while something runs. */
async function exercised<Result>(run: () => Promise<Result>): Promise<Result> {
  proxy.accesses.length = 0;
  const result = await run();
  seen.push(...proxy.accesses);
  return result;
}

/** Does the same while the index refuses the first try to put a response. */
async function whileIndexIsFull<Result>(run: () => Promise<Result>): Promise<Result> {
  let refusals = 1;
  proxy.decide = (operation, input) => {
    const isResponse = writesOf(operation, input).some(
      // A new response, not the copy of a session's.
      ({ item }) => item?.kind && !(item.session && item.userId),
    );
    return isResponse && refusals-- > 0 ? indexIsFull : 'pass';
  };
  const result = await exercised(run);
  proxy.decide = () => 'pass';
  return result;
}

/** Calls a route as a user who has just signed up, with a session that is not linked yet. */
async function asUser(route: string, body?: unknown, caller?: User) {
  const session = await clickedSession();
  const { token } = caller ?? (await signUp(service.outputs));
  // A session without a click credits no sign-up.
  const withoutClick = { ...(await signUp(service.outputs)), session: newSession(), body };
  await exercised(() => call(service.outputs, route, withoutClick));
  return whileIndexIsFull(() => call(service.outputs, route, { token, session, body }));
}

/** Calls a route as its owner, with the example of its body. */
async function callRoute({ name, method, path }: (typeof routes)[number]): Promise<unknown> {
  const owner = await signUp(service.outputs);
  const code = await createReferral(service.outputs, owner);
  const { example } = await definitionOf(name);
  const answer = await asUser(`${method} ${path.replace('{code}', code)}`, example, owner);
  expect(answer, `the example of ${name} has to succeed`).toMatchObject({
    status: expect.toBeOneOf([200, 201]),
  });
  return answer;
}

test.each(functionNames)('%s uses exactly the table rights of its role', async (name) => {
  seen = [...AT_START];
  const called = routes.filter((route) => route.function === name && route.method !== 'HEAD');
  const ownExercise = exercises[name as keyof typeof exercises];
  for (const route of called) await (exercises[route.name] ?? (() => callRoute(route)))();
  if (called.length === 0) await (ownExercise ?? expect.fail(`Nothing exercises ${name}.`))();
  const allowed = Object.entries(rightsOf(manifestOf(name).store)).flatMap(
    ([operation, prefixes]) => prefixes.map((prefix: string) => `${operation} ${prefix}`),
  );
  // Background functions do not need the keys of sessions.
  const needsKeys = allowed.includes(`${AT_START[0]}`);
  expect(new Set(needsKeys ? seen : seen.slice(AT_START.length))).toEqual(new Set(allowed));
});
