import { createRequire } from 'node:module';
import { join } from 'node:path';
import getPort from 'get-port';
import { type Process, startProcess } from './processes.ts';

/** A DynamoDB that keeps its address and its data when it is killed and started again. */
export interface Database extends Process {
  readonly endpoint: string;
}

/** Starts dynoxide on a file in the directory. */
export async function startDatabase(directory: string): Promise<Database> {
  const port = await getPort({ host: '127.0.0.1' });
  const name = `@dynoxide/${process.platform}-${process.arch}`;
  const file = join(directory, 'dynamodb.sqlite');
  const started = await startProcess({
    name: 'dynoxide',
    command: createRequire(import.meta.url).resolve(`${name}/dynoxide`),
    parameters: ['serve', '--port', `${port}`, '--db-path', file],
    ready: 'listening on',
  });
  return { ...started, endpoint: `http://127.0.0.1:${port}` };
}
