import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { createServices } from '../cli/services.ts';
import { createTable, startDynamoDB } from '../local/dynamodb.ts';
import type { Emulator } from '../local/emulator.ts';
import { startDynamoDBLocal } from '../test/dynamodb/dynamodb-local.ts';
import { TABLE } from './instance.ts';

export type Services = ReturnType<typeof createServices>;

/** A DynamoDB that only one benchmark uses, with one table. */
export type Database = Awaited<ReturnType<typeof useTable>>;

/**
 * Starts the embedded DynamoDB. Its table has no stream, because a stream makes every write slower than
 * the one before.
 *
 * @param fill may put a database file into the directory first.
 */
export async function startEmbedded(
  parent: string,
  fill?: (directory: string) => Promise<void>,
): Promise<Database> {
  const directory = await mkdtemp(join(parent, 'database-'));
  await fill?.(directory);
  return useTable('dynoxide', await startDynamoDB(directory));
}

/**
 * Starts Amazon's DynamoDB Local.
 *
 * @throws Error in one line if Java or Maven is missing.
 */
export const startAmazons = async (parent: string): Promise<Database> =>
  useTable('DynamoDB Local', await startDynamoDBLocal(await mkdtemp(join(parent, 'database-'))));

async function useTable(name: string, { endpoint, stop }: Emulator) {
  await createTable(endpoint, TABLE, false);
  // The client reads it when it is made, so several databases can be in use.
  process.env.AWS_ENDPOINT_URL_DYNAMODB = endpoint;
  const services = createServices(TABLE);
  return {
    name,
    endpoint,
    services,
    stop: async () => {
      services.close();
      await stop();
    },
  };
}
