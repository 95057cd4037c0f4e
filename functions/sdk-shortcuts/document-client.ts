import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/**
 * Makes a document client over a client that caches its middleware. A document client can't cache it itself,
 * because it adds its own middleware at every call.
 */
export function documentClientOf(client: DynamoDBClient): DynamoDBDocumentClient {
  const config = { ...client.config, cacheMiddleware: false };
  const uncached: DynamoDBClient = Object.create(client, { config: { value: config } });
  return DynamoDBDocumentClient.from(uncached, {
    marshallOptions: { removeUndefinedValues: true },
  });
}
