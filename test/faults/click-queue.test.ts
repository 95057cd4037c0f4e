import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ulid } from 'ulid';
import { expect, test } from 'vitest';
import { createReferral } from '../../functions/core/create-referral.ts';
import { newSession, newUserId } from '../integration/domain.ts';
import { readTable, violations } from './oracle.ts';
import { startStage } from './stage.ts';

/** Longer than the queue tries a message. */
const PATIENCE = { timeout: 30_000, interval: 200 };

test('a message that is not a click becomes a dead letter, and the clicks around it are stored', async () => {
  const { clicks, domain } = await startStage({ workers: ['clicks'], tries: 3 });
  const { referral } = await createReferral(domain, { userId: newUserId(), redirectTo: '/' });
  const click = (properties: object = {}) => ({
    id: ulid(),
    code: referral.code,
    action: 'RESPONDED',
    trusted: true,
    via: 'link',
    kind: 'human',
    first: true,
    session: newSession(),
    createdAt: new Date().toISOString(),
    ...properties,
  });
  const good = [click(), click(), click()];
  const unreadable = [
    'nonsense',
    '{}',
    'null',
    JSON.stringify(click({ id: 'not-an-id' })),
    JSON.stringify(click({ action: 'BOUGHT' })),
    JSON.stringify(click({ kind: 'ghost' })),
    JSON.stringify(click({ trusted: false })),
    JSON.stringify(click({ session: 'user:somebody' })),
    JSON.stringify(click({ userId: newUserId() })),
    JSON.stringify(click({ code: 'no-such-code' })),
  ];
  const sqs = new SQSClient({ endpoint: new URL(clicks.url).origin });
  // Sends each twice, because a queue may deliver a message twice.
  for (const MessageBody of [...good.map((each) => JSON.stringify(each)), ...unreadable]) {
    await sqs.send(new SendMessageCommand({ QueueUrl: clicks.url, MessageBody }));
    await sqs.send(new SendMessageCommand({ QueueUrl: clicks.url, MessageBody }));
  }
  sqs.destroy();

  await expect.poll(clicks.pending, PATIENCE).toBe(0);
  expect(await clicks.deadLetters()).toBe(unreadable.length * 2);
  const { responses } = await readTable(domain);
  expect(responses.map(({ id }) => id).toSorted()).toEqual(good.map(({ id }) => id).toSorted());
  expect(await violations(domain)).toEqual([]);
});

test('clicks that the table refused for a while come back from the dead letters', async () => {
  const { clicks, domain, proxy } = await startStage({ workers: ['clicks'], tries: 2 });
  const { referral } = await createReferral(domain, { userId: newUserId(), redirectTo: '/' });
  proxy.decide = (operation) => (operation === 'PutItem' ? 'cut-after' : 'pass');
  const sqs = new SQSClient({ endpoint: new URL(clicks.url).origin });
  const id = ulid();
  const MessageBody = JSON.stringify({
    id,
    code: referral.code,
    action: 'RESPONDED',
    trusted: true,
    via: 'link',
    session: newSession(),
    createdAt: new Date().toISOString(),
  });
  await sqs.send(new SendMessageCommand({ QueueUrl: clicks.url, MessageBody }));
  sqs.destroy();
  await expect.poll(clicks.deadLetters, PATIENCE).toBe(1);
  proxy.decide = () => 'pass';
  await clicks.redrive();
  await expect.poll(clicks.pending, PATIENCE).toBe(0);
  const { responses } = await readTable(domain);
  expect(responses).toEqual([expect.objectContaining({ id, kind: 'human', first: true })]);
});
