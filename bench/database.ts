import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { createServices, type TableServices } from '../cli/services.ts';
import { createTable, startDynamoDB } from '../local/dynamodb.ts';
import type { Emulator } from '../local/emulator.ts';
import { startDynamoDBLocal } from '../test/dynamodb/dynamodb-local.ts';
import { TABLE } from './instance.ts';

/** A DynamoDB of a benchmark's own, with an empty table. */
export interface Database {
  readonly name: string;
  readonly endpoint: string;
  readonly services: TableServices;
  readonly stop: () => Promise<void>;
}

/** Starts the embedded one. Its table has no stream, with which it gets slower at every write. */
export const startEmbedded = (directory: string): Promise<Database> =>
  start('dynoxide', startDynamoDB, directory);

/**
 * Starts Amazon's DynamoDB Local.
 *
 * @throws Error in one line where Java or Maven is missing.
 */
export const startAmazons = (directory: string): Promise<Database> =>
  start('DynamoDB Local', startDynamoDBLocal, directory);

async function start(
  name: string,
  startIn: (directory: string) => Promise<Emulator>,
  parent: string,
): Promise<Database> {
  const emulator = await startIn(await mkdtemp(join(parent, 'database-')));
  const { endpoint } = emulator;
  await createTable(endpoint, TABLE, false);
  return { name, endpoint, ...useTable(endpoint, emulator) };
}

/** What core works with on a database; there may be several. */
export function useTable(endpoint: string, emulator: Emulator) {
  // The client reads it once, when it is made.
  process.env.AWS_ENDPOINT_URL_DYNAMODB = endpoint;
  const services = createServices(TABLE);
  return {
    services,
    stop: async () => {
      services.close();
      await emulator.stop();
    },
  };
}
