import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { TestProject } from 'vitest/node';
import { deploymentKey } from '../../functions/store/keys.ts';
import type { Outputs } from '../../local/outputs.ts';
import { everything } from './contract.ts';
import { startTestService } from './test-service.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The service with default settings that all test files share. */
    outputs: Outputs;
    /** The key that the shared service signs sessions with, in base64. */
    sessionKey: string;
    /** A directory for files of tests. It is removed after the run. */
    scratch: string;
    /** A directory in which test files say what the answers of the API have shown them. */
    answers: string;
  }
}

/** Starts one service for the whole run. After it, answers of the contract that no test has seen fail the run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const service = await startTestService();
  const answers = await mkdtemp(join(service.directory, 'answers-'));
  project.provide('outputs', service.outputs);
  project.provide('sessionKey', await readSessionKey(service.outputs));
  project.provide('scratch', service.directory);
  project.provide('answers', answers);
  return async () => {
    const unseen = (await ranWhole(project)) ? await unseenIn(answers) : [];
    await service.stop();
    if (unseen.length > 0) {
      throw new Error(`No test has seen these parts of docs/openapi.json: ${unseen.join(', ')}.`);
    }
  };
}

/** Whether all tests of the project ran, and none failed. */
async function ranWhole(project: TestProject): Promise<boolean> {
  const { state, config } = project.vitest;
  const { testFiles } = await project.globTestFiles();
  const ran = state.getTestModules().filter((module) => module.project === project);
  return (
    config.testNamePattern === undefined &&
    ran.length === testFiles.length &&
    ran.every((module) => module.ok())
  );
}

/** Answers of success, and their fields, that no test file has seen. */
async function unseenIn(directory: string): Promise<string[]> {
  const unseen = new Set(everything());
  for (const file of await readdir(directory)) {
    for (const part of JSON.parse(await readFile(join(directory, file), 'utf8')))
      unseen.delete(part);
  }
  return [...unseen];
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
