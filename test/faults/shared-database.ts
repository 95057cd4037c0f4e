import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startDynamoDB } from '../../local/dynamodb.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The DynamoDB that all test files share. Each file has its own tables. */
    dynamoDB: string;
  }
}

/** Starts one database for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'referrals-faults-'));
  const database = await startDynamoDB(directory);
  project.provide('dynamoDB', database.endpoint);
  return async () => {
    await database.stop();
    await rm(directory, { recursive: true });
  };
}
