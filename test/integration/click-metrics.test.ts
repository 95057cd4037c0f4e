import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context, DynamoDBRecord } from 'aws-lambda';
import { expect, inject, test, vi } from 'vitest';
import { createReferral } from '../../functions/core/create-referral.ts';
import type { Response } from '../../functions/core/response.ts';
import { responseItem } from '../../functions/store/responses.ts';
import { domainOn, newSession, newUserId } from './domain.ts';

test('the clicks of a batch give one metric for each kind, without clicks that have to be followed again', async () => {
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', undefined);
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const { streamHandler } = await import('../../functions/messages/batch-handler.ts');
  const { recordFollower } = await import('../../functions/messages/stream.ts');
  const domain = domainOn(inject('outputs'));
  const owner = { userId: newUserId(), redirectTo: '/' };
  const { referral } = await createReferral(domain, owner);

  const record = (response: Pick<Response, 'action' | 'kind'>): DynamoDBRecord => {
    const id = domain.newId(domain.now());
    const { code } = referral;
    const session = newSession();
    const createdAt = domain.now().toISOString();
    const item = { id, code, session, first: false, trusted: true, createdAt, ...response };
    return {
      eventName: 'INSERT',
      dynamodb: {
        SequenceNumber: id,
        NewImage: marshall(responseItem(item, referral, domain.table)),
      } as NonNullable<DynamoDBRecord['dynamodb']>,
    };
  };
  const click = (kind: Response['kind']) => record({ action: 'RESPONDED', kind });
  const Records = [
    click('human'),
    click('bot'),
    click('human'),
    record({ action: 'BOUGHT', kind: 'human' }),
    click('own'),
  ];
  const own = Records[4]?.dynamodb?.SequenceNumber;
  const publish = async ({ detail }: { detail: { id: string } }) => {
    if (detail.id === own) throw new Error('The bus does not take it.');
  };
  const handler = streamHandler('Some of it is not followed.', () =>
    recordFollower({ ...domain, publish }),
  );
  const answer = await handler({ Records }, {} as Context);
  const lines = printed.mock.calls.map(([line]) => JSON.parse(String(line)));
  printed.mockRestore();
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: own }] });
  expect(lines.flatMap(({ Clicks, kind }) => (Clicks ? [{ kind, Clicks }] : []))).toEqual([
    { kind: 'human', Clicks: 2 },
    { kind: 'bot', Clicks: 1 },
  ]);
});
