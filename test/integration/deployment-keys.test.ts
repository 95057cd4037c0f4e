import { randomBytes } from 'node:crypto';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect, inject, test } from 'vitest';
import { deploymentKeys } from '../../functions/core/deployment-keys.ts';
import { dayOf } from '../../functions/core/handoff.ts';
import { startDynamoDBProxy } from '../dynamodb-proxy/proxy.ts';
import { domainOn, ownTable } from './domain.ts';

const today = dayOf(Date.now());

/** Makes domains that share their own table, like the functions of one deployment. */
const deployment = async () => {
  const outputs = await ownTable(inject('outputs'));
  return () => domainOn(outputs);
};

test('each key is made once, by the first function that needs it', async () => {
  const domain = await deployment();
  const keys = Array.from({ length: 10 }, () => deploymentKeys(domain()));
  const sessions = await Promise.all(keys.map(({ ofSessions }) => ofSessions()));
  const days = await Promise.all(keys.map(({ ofDay }) => ofDay(today)));
  const [session, ...otherSessions] = sessions.map((key) => key.export().toString('hex'));
  const [day, ...otherDays] = days.map((key) => key?.export().toString('hex'));
  expect(new Set(otherSessions)).toEqual(new Set([session]));
  expect(new Set(otherDays)).toEqual(new Set([day]));
  expect([session?.length, day?.length]).toEqual([64, 64]);
  expect(session).not.toBe(day);
});

test('the key of a day is gone two days later, and the key of sessions stays', async () => {
  const domain = (await deployment())();
  await deploymentKeys(domain).prepare();
  const { Items = [] } = await domain.table.client.send(
    new ScanCommand({ TableName: domain.table.name }),
  );
  expect(new Map(Items.map(({ sk, ttl }) => [sk, ttl]))).toEqual(
    new Map([
      ['SESSIONS', undefined],
      [`DAY#${today}`, (today + 2) * 86_400],
      [`DAY#${today + 1}`, (today + 3) * 86_400],
    ]),
  );
});

test('no key is made for a past day or for a day far ahead', async () => {
  const domain = (await deployment())();
  const { ofDay } = deploymentKeys(domain);
  expect([await ofDay(today - 1), await ofDay(today + 2)]).toEqual([undefined, undefined]);
});

test('known keys cost no call, even after midnight', async () => {
  const proxy = await startDynamoDBProxy(inject('outputs').DynamoDBEndpoint);
  const { TableName } = await ownTable(inject('outputs'));
  const domain = domainOn({ ...inject('outputs'), TableName, DynamoDBEndpoint: proxy.endpoint });
  const keys = deploymentKeys({ ...domain, randomBytes });
  await keys.prepare();
  expect(proxy.operations.toSorted()).toEqual(['PutItem', 'PutItem', 'PutItem', 'Query']);
  domain.clock.now = new Date((today + 1) * 86_400_000);
  await Promise.all([keys.ofSessions(), keys.ofDay(today), keys.ofDay(today + 1)]);
  expect(proxy.operations).toHaveLength(4);
  proxy.stop();
});
