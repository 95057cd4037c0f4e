import { createHash } from 'node:crypto';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ulid } from 'ulid';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createReferrals, parseReferralEvent } from '../../web/backend/index.ts';
import { assertEvent } from '../integration/contract.ts';
import { call, click } from './browser.ts';
import type { DeployedOutputs } from './cdk.ts';
import { type Deployment, startDeployment } from './deployment.ts';
import { sendMessage, takeMessages } from './queue.ts';
import { signUp } from './trigger.ts';

let deployment: Deployment;
let outputs: DeployedOutputs;

beforeAll(async () => {
  deployment = await startDeployment({ eventsClicks: 'all' });
  outputs = deployment.outputs;
});
afterAll(() => deployment?.stop());

/** Makes a queue that gets all our events, by a rule on the bus. */
async function listen(name: string): Promise<string> {
  const sqs = new SQSClient();
  const events = new EventBridgeClient();
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const rule = { EventBusName: outputs.EventBusName, Name: name };
  const EventPattern = JSON.stringify({ source: ['cdk-referrals'] });
  await events.send(new PutRuleCommand({ ...rule, EventPattern }));
  const Targets = [{ Id: name, Arn: Attributes?.QueueArn }];
  await events.send(new PutTargetsCommand({ ...rule, Rule: name, Targets }));
  sqs.destroy();
  events.destroy();
  return QueueUrl;
}

/** Waits for this many events, and reads them as an app does. An event that comes twice counts once. */
async function takeEvents(queueUrl: string, count: number): Promise<unknown[]> {
  const identify = (event: Record<string, { id: string }>) =>
    `${event['detail-type']} ${event.detail?.id}`;
  const events = await takeMessages(queueUrl, count, identify);
  return events.map((event) => {
    const { source, 'detail-type': type, detail } = event;
    assertEvent({ type, detail });
    return { source, ...parseReferralEvent(event) };
  });
}

/** The deployed function of a file. */
async function deployedFunction(file: string) {
  const lambda = new LambdaClient();
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    const found = Functions.find(({ Description }) => Description === `cdk-referrals: ${file}`);
    if (found) return found;
  }
  throw new Error(`There is no function ${file}.`);
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('a deployed stack, on MiniStack', () => {
  test('events arrive, with a digest in place of the session', async () => {
    const queue = await listen('everything');
    const ada = await signUp(outputs);
    const { body: link } = await call(outputs, 'GET /me/referral', { token: ada.token });
    const { session } = await click(link);
    const body = { action: 'VIEWED_PRICING', target: { type: 'page', id: 'pricing' } };
    await call(outputs, 'POST /actions', { session, body });
    // Until then both belonged to the session.
    const before = await takeEvents(queue, 3);
    const grace = await signUp(outputs, session);
    const { body: hers } = await call(outputs, 'GET /me/referral', { token: grace.token });
    const after = await takeEvents(queue, 4);

    const { body: page } = await call(outputs, `GET /referrals/${link.code}/responses`, {
      token: ada.token,
    });
    const [signedUp, viewed, responded] = page.items.map(
      ({ first, via, target, ...response }: Record<string, unknown>) => {
        const { id, code, action, kind, trusted, createdAt } = response;
        const linked = { id, code, action, kind, trusted, referrer: ada.userId, createdAt };
        return { linked, recorded: { ...linked, first, via, target, existingUser: null } };
      },
    );
    const created = ({ code, userId, label, redirectTo, target, createdAt }: typeof link) => ({
      source: 'cdk-referrals',
      type: 'ReferralCreated',
      detail: {
        id: expect.stringMatching(/^[0-9A-Z]{26}$/),
        code,
        referrer: userId,
        label,
        redirectTo,
        target,
        createdAt,
      },
    });
    const event = (type: string, detail: object) => ({ source: 'cdk-referrals', type, detail });
    const anonymous = { type: 'session', id: sha256(session) };
    const known = { type: 'user', id: grace.userId };
    for (const [events, expected] of [
      [
        before,
        [
          created(link),
          event('ResponseRecorded', { ...responded.recorded, visitor: anonymous }),
          event('ResponseRecorded', { ...viewed.recorded, visitor: anonymous }),
        ],
      ],
      [
        after,
        [
          created(hers),
          event('ResponseRecorded', {
            ...signedUp.recorded,
            existingUser: false,
            visitor: known,
          }),
          ...[responded, viewed].map(({ linked }) =>
            event('UserLinkedToResponse', { ...linked, visitor: known, session: sha256(session) }),
          ),
        ],
      ],
    ] as const) {
      expect(events).toHaveLength(expected.length);
      for (const one of expected) expect(events).toContainEqual(one);
    }
  });

  test('the app’s backend records a trusted action once, and asks for attribution', async () => {
    const ada = await signUp(outputs);
    const { body: link } = await call(outputs, 'GET /me/referral', { token: ada.token });
    const { session } = await click(link);
    const { FunctionName } = await deployedFunction('record-backend-action');
    const referrals = createReferrals({ functionName: FunctionName });
    expect(await referrals.attribution({ session })).toMatchObject({
      code: link.code,
      userId: ada.userId,
    });
    const recorded = await referrals.record('PAID', { session, idempotencyKey: '7' });
    expect(recorded).toMatchObject({ code: link.code, action: 'PAID', trusted: true });
    expect(await referrals.record('PAID', { session, idempotencyKey: '7' })).toEqual(recorded);
  });

  test('a queued click is stored, and is counted once even if it arrives twice', async () => {
    const ada = await signUp(outputs);
    const { body: link } = await call(outputs, 'GET /me/referral', { token: ada.token });
    const { session } = await click(link);
    const queueUrl = (await deployedFunction('hit')).Environment?.Variables?.CLICK_QUEUE_URL ?? '';
    const queued = {
      id: ulid(),
      code: link.code,
      referrerId: ada.userId,
      action: 'RESPONDED',
      kind: 'human',
      first: false,
      trusted: true,
      via: 'link',
      session,
      createdAt: new Date().toISOString(),
    };
    await sendMessage(queueUrl, queued);
    await sendMessage(queueUrl, queued);
    const counted = async () => {
      const { body } = await call(outputs, `GET /referrals/${link.code}`, { token: ada.token });
      return [body.clicks, body.uniqueVisitors];
    };
    await vi.waitFor(async () => expect(await counted()).toEqual([2, 1]), { timeout: 60_000 });
    const { body: stats } = await call(outputs, `GET /referrals/${link.code}/stats`, {
      token: ada.token,
    });
    expect(stats.totals).toEqual({
      clicks: 2,
      uniqueVisitors: 1,
      suspicious: 0,
      bots: 0,
      prefetches: 0,
      ownClicks: 0,
      actions: {},
      trustedActions: {},
    });
  });

  test('an unreadable record of the stream becomes a dead letter, and holds up no other record', async () => {
    const queue = await listen('after-the-unreadable');
    const dynamodb = new DynamoDBClient();
    const Item = { pk: { S: 'VISITOR#x' }, sk: { S: 'RESPONSE#x' }, id: { S: 'none' } };
    await dynamodb.send(new PutItemCommand({ TableName: outputs.TableName, Item }));
    dynamodb.destroy();
    await signUp(outputs);
    expect(await takeEvents(queue, 1)).toMatchObject([{ type: 'ReferralCreated' }]);
    const [letter, ...others] = await takeMessages(outputs.StreamDeadLettersUrl, 1);
    expect(others).toEqual([]);
    expect(letter).toMatchObject({ eventName: 'INSERT', dynamodb: { NewImage: Item } });
  });

  test('the function of the schedule closes hours, and says how many', async () => {
    const lambda = new LambdaClient();
    const { FunctionName } = await deployedFunction('close-hours');
    const { Payload, FunctionError } = await lambda.send(
      new InvokeCommand({ FunctionName, Payload: '{}' }),
    );
    lambda.destroy();
    const answer = JSON.parse(Payload?.transformToString() ?? '');
    expect([FunctionError, answer]).toEqual([undefined, { closed: expect.any(Number) }]);
  });
});
