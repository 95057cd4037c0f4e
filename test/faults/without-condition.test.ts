import { expect, test } from 'vitest';
import { withoutCondition } from '../dynamodb-proxy/without-condition.ts';

const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 's' } });
const condition = {
  ConditionExpression: '#version = :version',
  ExpressionAttributeNames: { '#version': 'version' },
  ExpressionAttributeValues: { ':version': { S: '1' } },
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
};
const remove = (pk: string) => ({ TableName: 'T', Key: key(pk), ...condition });

test('takes the condition off one write of a transaction, with the names and values that only it used', () => {
  const rewrite = withoutCondition(({ action, pk }) => action === 'Delete' && pk === 'a');
  const others = [
    { Delete: remove('b') },
    { Put: { TableName: 'T', Item: key('a'), ...condition } },
  ];
  expect(
    rewrite('TransactWriteItems', {
      ClientRequestToken: 'token',
      TransactItems: [{ Delete: remove('a') }, ...others],
    }),
  ).toEqual({
    ClientRequestToken: 'token',
    TransactItems: [{ Delete: { TableName: 'T', Key: key('a') } }, ...others],
  });
});

test('keeps the names and values that an update sets', () => {
  const rewrite = withoutCondition(() => true);
  const update = {
    TableName: 'T',
    Key: key('a'),
    UpdateExpression: 'SET #count = :count',
    ConditionExpression: '#countable = :counted AND #count < :count',
    ExpressionAttributeNames: { '#count': 'count', '#countable': 'countable' },
    ExpressionAttributeValues: { ':count': { N: '1' }, ':counted': { BOOL: true } },
  };
  expect(rewrite('UpdateItem', update)).toEqual({
    TableName: 'T',
    Key: key('a'),
    UpdateExpression: 'SET #count = :count',
    ExpressionAttributeNames: { '#count': 'count' },
    ExpressionAttributeValues: { ':count': { N: '1' } },
  });
});

test('turns a condition check into one that always holds', () => {
  const rewrite = withoutCondition(() => true);
  const TransactItems = [{ ConditionCheck: remove('a') }];
  expect(rewrite('TransactWriteItems', { TransactItems })).toEqual({
    TransactItems: [
      {
        ConditionCheck: {
          TableName: 'T',
          Key: key('a'),
          ConditionExpression: 'attribute_exists(pk) OR attribute_not_exists(pk)',
        },
      },
    ],
  });
});

test('leaves everything else as it is', () => {
  const rewrite = withoutCondition(({ item }) => item?.code?.S === 'x');
  const put = { TableName: 'T', Item: { ...key('a'), code: { S: 'y' } }, ...condition };
  const query = { TableName: 'T', KeyConditionExpression: 'pk = :pk' };
  expect([rewrite('PutItem', put), rewrite('Query', query)]).toEqual([put, query]);
});
