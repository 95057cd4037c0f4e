import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { accessesOf } from '../dynamodb-proxy/accesses.ts';
import { type Decide, refusal } from '../dynamodb-proxy/fates.ts';
import { startDynamoDBProxy } from '../dynamodb-proxy/proxy.ts';
import { call, click, createReferral, signUp } from './client.ts';
import { startTestService, type TestService } from './test-service.ts';

const shared = inject('outputs');
let directory: string;

beforeAll(() => {
  vi.stubEnv('API_ONLY', undefined);
});
beforeEach(async () => {
  directory = await mkdtemp(join(inject('scratch'), 'stream-'));
});

/** Starts the service on its own table, behind a proxy. */
async function startOnProxy(decide: Decide, variables: Record<string, string> = {}) {
  const proxy = await startDynamoDBProxy(shared.DynamoDBEndpoint);
  onTestFinished(proxy.stop);
  proxy.decide = decide;
  const service = await startTestService({
    directory,
    variables: {
      DYNAMODB_ENDPOINT: proxy.endpoint,
      TABLE_NAME: `stream-${randomUUID()}`,
      API_ONLY: '',
      ...variables,
    },
  });
  return { service, proxy };
}

/** The events that a service has printed. */
const eventsOf = ({ printed }: TestService): string[] =>
  printed()
    .split('\n')
    .filter((line) => line.startsWith('  event  '));

/** The printed line for a session's click. */
const clickOf = (session: string, credit: string) => {
  const digest = createHash('sha256').update(session).digest('hex').slice(0, 8);
  return `  event  ResponseRecorded      RESPONDED  ${credit}  visitor session ${digest}…`;
};

describe('the events that npm start prints', () => {
  test('begin with the events of the main job, below its steps', async () => {
    const { service } = await startOnProxy(() => 'pass');
    await vi.waitFor(() => expect(eventsOf(service)).toHaveLength(7), 20_000);
    const printed = service.printed();
    const [steps = '', events] = printed.split('\nEvents, as they are published:\n\n');
    expect(steps).not.toContain('  event  ');
    expect(events).toBe(`${eventsOf(service).join('\n')}\n`);

    const home = `${service.outputs.ApiUrl}/`;
    const [code] = /(?<=\/r\/)\w+/.exec(steps) ?? [];
    const [grace] = /(?<=user )\w{8}/.exec(steps) ?? [];
    const [ada] = /(?<=referrer )\w{8}/.exec(printed) ?? [];
    const [session] = /(?<=session )\w{8}/.exec(printed) ?? [];
    const credit = `code ${code}  referrer ${ada}…`;
    const linked = `${credit}  visitor user ${grace}…  session ${session}…`;
    expect(eventsOf(service)).toEqual([
      `  event  ReferralCreated       code ${code}  to ${home}  referrer ${ada}…`,
      `  event  ResponseRecorded      RESPONDED  ${credit}  visitor session ${session}…`,
      `  event  ResponseRecorded      VIEWED_PRICING  ${credit}  visitor session ${session}…`,
      expect.stringMatching(`ReferralCreated       code \\w+  to ${home}  referrer ${grace}…$`),
      `  event  UserLinkedToResponse  RESPONDED  ${linked}`,
      `  event  UserLinkedToResponse  VIEWED_PRICING  ${linked}`,
      `  event  ResponseRecorded      SIGNED_UP  ${credit}  visitor user ${grace}…`,
    ]);
    await service.stop();
  });

  test('include events that nobody followed before the next start, and none twice', async () => {
    const TABLE_NAME = `stream-${randomUUID()}`;
    const variables = { DYNAMODB_ENDPOINT: shared.DynamoDBEndpoint, TABLE_NAME, API_ONLY: '' };
    const first = await startTestService({ directory, variables });
    const user = await signUp(first.outputs);
    const code = await createReferral(first.outputs, user);
    const credit = `code ${code}  referrer ${user.userId.slice(0, 8)}…`;
    const seen = await click(first.outputs, code);
    await vi.waitFor(
      () => expect(eventsOf(first).at(-1)).toBe(clickOf(seen.session, credit)),
      20_000,
    );
    await first.stop();

    const away = await startTestService({ directory, variables: { ...variables, API_ONLY: '1' } });
    const missed = await click(away.outputs, code);
    await away.stop();
    expect(away.printed()).not.toContain('Events');

    const second = await startTestService({ directory, variables });
    const expected = [clickOf(missed.session, credit)];
    await vi.waitFor(() => expect(eventsOf(second)).toEqual(expected), 20_000);
    await call(second.outputs, `GET /r/${code}`, { headers: { 'user-agent': 'Googlebot/2.1' } });
    await vi.waitFor(
      () =>
        expect(eventsOf(second)).toEqual([
          ...expected,
          expect.stringContaining(`  RESPONDED (bot)  ${credit}  visitor session `),
        ]),
      20_000,
    );
    await second.stop();
  });

  test('are missing if the database has no streams, and a line says so', async () => {
    const { service, proxy } = await startOnProxy((operation) =>
      operation === 'UpdateTable' ? refusal(400, 'UnknownOperationException', {}) : 'pass',
    );
    expect(service.printed().trim().split('\n').at(-1)).toBe(
      'This DynamoDB has no streams: there are no events, and finished hours are not counted.',
    );
    expect(proxy.operations).not.toContain('GetRecords');
    await service.stop();
  });
});

describe('functions that npm start invokes besides the API', () => {
  const CLOSING = 'QueryIndex OPEN#';

  test('close-hours runs at once, and its failure prints one line', async () => {
    const { service } = await startOnProxy((operation, input) =>
      accessesOf(operation, input).includes(CLOSING) ? 'error' : 'pass',
    );
    await vi.waitFor(
      () =>
        expect(service.printed()).toMatch(
          /^The hours could not be closed, and will be tried again: ./m,
        ),
      20_000,
    );
    await signUp(service.outputs);
    await service.stop();
    expect(service.process.exitCode).toBe(0);
  });

  test('do not run with API_ONLY', async () => {
    const { service, proxy } = await startOnProxy(() => 'pass', { API_ONLY: '1' });
    expect(proxy.operations).not.toContain('GetRecords');
    expect(proxy.accesses).not.toContain(CLOSING);
    await service.stop();
  });

  test.each([
    ['close-hours', {}, { closed: expect.any(Number) }],
    ['consume-stream', { Records: [] }, { batchItemFailures: [] }],
    ['store-click', { Records: [] }, { batchItemFailures: [] }],
  ])('can be invoked by hand (%s)', async (name, event, answer) => {
    const route = `POST /2015-03-31/functions/${name}/invocations`;
    expect((await call(shared, route, { body: event })).body).toEqual(answer);
  });
});
