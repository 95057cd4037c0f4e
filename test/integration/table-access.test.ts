import type { DynamoDBRecord } from 'aws-lambda';
import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { recordClick } from '../../functions/core/click.ts';
import { openHour } from '../../functions/core/closing.ts';
import { createReferral as createInDomain } from '../../functions/core/create-referral.ts';
import type { Referral } from '../../functions/core/referral.ts';
import { functionNames, manifestOf } from '../../functions/manifest.ts';
import { type RouteName, routes } from '../../functions/routes.ts';
import { rightsOf } from '../../functions/store/table-rights.ts';
import type { triggers } from '../../functions/triggers.ts';
import { indexIsFull } from '../dynamodb-proxy/fates.ts';
import { type DynamoDBProxy, startDynamoDBProxy } from '../dynamodb-proxy/proxy.ts';
import { writesOf } from '../dynamodb-proxy/writes.ts';
import { BROWSER, call, click, createReferral, signUp, type User } from './client.ts';
import { clicked, domainOn, newSession, newUserId } from './domain.ts';
import { recordedStream } from './recorded-stream.ts';
import { startTestService, type TestService } from './test-service.ts';

let proxy: DynamoDBProxy;
let service: TestService;
let user: User;

beforeAll(async () => {
  proxy = await startDynamoDBProxy(inject('outputs').DynamoDBEndpoint);
  service = await startTestService({ variables: { DYNAMODB_ENDPOINT: proxy.endpoint } });
  user = await signUp(service.outputs);
});
afterAll(async () => {
  await service.stop();
  proxy.stop();
});

const invoke = (name: string, body: unknown) =>
  call(service.outputs, `POST /2015-03-31/functions/${name}/invocations`, { body });

/** A referral that no function has in its memory, because none has made it. */
async function unknownReferral(): Promise<Referral> {
  const domain = domainOn(inject('outputs'));
  return (await createInDomain(domain, { userId: newUserId(), redirectTo: '/' })).referral;
}

/** A session that has something to be moved and credited. */
async function clickedSession(): Promise<string> {
  const domain = domainOn(inject('outputs'));
  const { code } = await unknownReferral();
  const nothing = { redirectTo: undefined, purpose: undefined };
  const click = { code, method: 'GET', session: newSession(), userAgent: BROWSER, ...nothing };
  return (await recordClick(domain, click)).session ?? '';
}

type Exercise = () => Promise<unknown>;

/** Has each function besides the API's do all that it can do, and so each route that needs more than one call. */
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
  'create-referral': async () => {
    const body = { redirectTo: `/${newUserId()}` };
    await asUser('POST /referrals', body);
    return asUser('POST /referrals', body);
  },
  'record-action': async () => {
    const session = await clickedSession();
    const headers = { 'idempotency-key': newUserId() };
    const body = { action: 'A' };
    await whileIndexIsFull(() =>
      call(service.outputs, 'POST /actions', { session, headers, body }),
    );
    return asUser('POST /actions', { action: 'A' });
  },
  'record-backend-action': async () => {
    const session = await clickedSession();
    const event = { session, action: 'A', idempotencyKey: newUserId() };
    return whileIndexIsFull(() => invoke('record-backend-action', event));
  },
  'get-attribution': async () => {
    const session = await clickedSession();
    await exercised(() => call(service.outputs, 'GET /attribution', { session }));
    return asUser('GET /attribution');
  },
  'get-my-referral': async () => {
    // A user whose sign-up made no link, because the database was away.
    proxy.decide = () => 'cut';
    const late = await signUp(service.outputs);
    proxy.decide = () => 'pass';
    await asUser('GET /me/referral', undefined, late);
    return asUser('GET /me/referral', undefined, late);
  },
  'confirm-sign-up': async () => {
    const referralSession = await clickedSession();
    const event = {
      triggerSource: 'PostConfirmation_ConfirmSignUp',
      request: { userAttributes: { sub: newUserId() }, clientMetadata: { referralSession } },
    };
    await whileIndexIsFull(() => invoke('confirm-sign-up', event));
    return exercised(() => invoke('confirm-sign-up', event));
  },
  'retry-sign-up': async () => {
    const session = await clickedSession();
    const body = JSON.stringify({ userId: newUserId(), attributes: {}, session });
    const event = { Records: [{ messageId: '1', eventSource: 'aws:sqs', body }] };
    await whileIndexIsFull(() => invoke('retry-sign-up', event));
    return exercised(() => invoke('retry-sign-up', event));
  },
  'store-click': async () => {
    const { code } = await unknownReferral();
    const session = await clickedSession();
    await call(service.outputs, 'POST /session/link', { token: user.token, session });
    const at = new Date();
    const click = { id: ulid(), code, action: 'RESPONDED', session, createdAt: at.toISOString() };
    const event = {
      Records: [{ messageId: '1', eventSource: 'aws:sqs', body: JSON.stringify(click) }],
    };
    return whileIndexIsFull(() => invoke('store-click', event));
  },
  'consume-stream': async () => {
    const { referral } = await clicked(domainOn(inject('outputs')));
    const records = await recordedStream(
      inject('outputs').DynamoDBEndpoint,
      inject('outputs').TableName,
    );
    const isOfIt = ({ dynamodb }: DynamoDBRecord) => dynamodb?.NewImage?.code?.S === referral.code;
    return exercised(() => invoke('consume-stream', { Records: records.filter(isOfIt) }));
  },
  'close-hours': async () => {
    const domain = domainOn(inject('outputs'));
    const { referral } = await clicked(domain);
    domain.clock.now = new Date(Date.now() - 3 * 60 * 60_000);
    await openHour(domain, referral.code, domain.clock.now.toISOString().slice(0, 13));
    return exercised(() => invoke('close-hours', {}));
  },
};

let seen: string[] = [];

/** Notes what the database is asked for while something runs. */
async function exercised<Result>(run: () => Promise<Result>): Promise<Result> {
  proxy.accesses.length = 0;
  const result = await run();
  seen.push(...proxy.accesses);
  return result;
}

/** The same, where the index refuses the first response at first. */
async function whileIndexIsFull<Result>(run: () => Promise<Result>): Promise<Result> {
  let refusals = 1;
  proxy.decide = (operation, input) => {
    const isResponse = writesOf(operation, input).some(
      // One that is not moved there from a session.
      ({ item }) => item?.kind && !(item.session && item.userId),
    );
    return isResponse && refusals-- > 0 ? indexIsFull : 'pass';
  };
  const result = await exercised(run);
  proxy.decide = () => 'pass';
  return result;
}

async function asUser(route: string, body?: object, caller = user) {
  const session = await clickedSession();
  return exercised(() => call(service.outputs, route, { token: caller.token, session, body }));
}

/** Calls a route as its owner would, with the example of its body. */
async function callRoute({ name, method, path }: (typeof routes)[number]): Promise<unknown> {
  const code = await createReferral(service.outputs, user);
  const { [exportOf(name)]: route } = await import(`../../functions/api/${name}.ts`);
  return asUser(`${method} ${path.replace('{code}', code)}`, route.example);
}

const exportOf = (name: string) =>
  name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

test.each(functionNames)('%s does with the table exactly what its role allows', async (name) => {
  seen = [];
  const called = routes.filter((route) => route.function === name && route.method !== 'HEAD');
  const ownExercise = exercises[name as keyof typeof exercises];
  for (const route of called) await (exercises[route.name] ?? (() => callRoute(route)))();
  if (called.length === 0) await (ownExercise ?? expect.fail(`Nothing exercises ${name}.`))();
  const allowed = Object.entries(rightsOf(manifestOf(name).store)).flatMap(
    ([operation, prefixes]) => prefixes.map((prefix: string) => `${operation} ${prefix}`),
  );
  expect(new Set(seen)).toEqual(new Set(allowed));
});
