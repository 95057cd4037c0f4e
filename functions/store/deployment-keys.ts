import type { Store } from '../core/store.ts';
import { deploymentKey } from './keys.ts';
import { queryItems } from './query.ts';
import { type ClickTable, ConditionFailed } from './table.ts';

/** The deployment's keys. */
export const keyStore = (table: ClickTable): Pick<Store, 'readKeys' | 'createKey'> => ({
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
      await table.call('PutItem', {
        TableName: table.name,
        Item: {
          ...deploymentKey(name),
          key,
          ...(expiresAt && { ttl: Math.floor(expiresAt.getTime() / 1000) }),
        },
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      return key;
    } catch (error) {
      const existing = error instanceof ConditionFailed && error.existing?.key;
      if (!existing) throw error;
      return existing;
    }
  },
});
