import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Store } from '../core/store.ts';
import type { Table } from './client.ts';
import { deploymentKey } from './keys.ts';
import { queryItems } from './query.ts';

/** The deployment's keys. */
export const keyStore = (table: Table): Pick<Store, 'readKeys' | 'createKey'> => ({
  async readKeys() {
    const keys = new Map<string, Uint8Array>();
    const items = queryItems(table, {
      KeyConditionExpression: 'pk = :keys',
      ExpressionAttributeValues: { ':keys': deploymentKey('').pk },
      ConsistentRead: true,
    });
    for await (const { sk, key } of items) keys.set(sk, key);
    return keys;
  },

  async createKey(name, key, expiresAt) {
    try {
      await table.client.send(
        new PutCommand({
          TableName: table.name,
          Item: {
            ...deploymentKey(name),
            key,
            ...(expiresAt && { ttl: Math.floor(expiresAt.getTime() / 1000) }),
          },
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return key;
    } catch (error) {
      const existing = error instanceof ConditionalCheckFailedException && error.Item?.key?.B;
      if (!existing) throw error;
      return existing;
    }
  },
});
