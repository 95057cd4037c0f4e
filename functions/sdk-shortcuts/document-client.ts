import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/**
 * Makes a document client over a client that caches its middleware, which a document client can't do itself:
 * it adds a middleware of its own at every call.
 */
export function documentClientOf(client: DynamoDBClient): DynamoDBDocumentClient {
  const config = { ...client.config, cacheMiddleware: false };
  const uncached: DynamoDBClient = Object.create(client, { config: { value: config } });
  return DynamoDBDocumentClient.from(uncached, {
    marshallOptions: { removeUndefinedValues: true },
  });
}
