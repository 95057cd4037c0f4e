import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { TestProject } from 'vitest/node';
import { deploymentKey } from '../../functions/store/keys.ts';
import type { Outputs } from '../../local/outputs.ts';
import { startTestService } from './test-service.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The service with default settings that all test files share. */
    outputs: Outputs;
    /** The key that the shared service signs sessions with, in base64. */
    sessionKey: string;
    /** A directory for files of tests. It is removed after the run. */
    scratch: string;
  }
}

/** Starts one service for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const service = await startTestService();
  project.provide('outputs', service.outputs);
  project.provide('sessionKey', await readSessionKey(service.outputs));
  project.provide('scratch', service.directory);
  return service.stop;
}

async function readSessionKey({ DynamoDBEndpoint, TableName }: Outputs): Promise<string> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: DynamoDBEndpoint, region: 'local', credentials });
  const { pk, sk } = deploymentKey('SESSIONS');
  const { Item } = await client.send(
    new GetItemCommand({ TableName, Key: { pk: { S: pk }, sk: { S: sk } } }),
  );
  client.destroy();
  return Buffer.from(Item?.key?.B ?? []).toString('base64');
}
