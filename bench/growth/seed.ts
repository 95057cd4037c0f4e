import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { startDynamoDB } from '../../local/dynamodb.ts';
import { type Database, startEmbedded, useTable } from '../database.ts';
import { TABLE } from '../instance.ts';

const DYNOXIDE = `@dynoxide/${process.platform}-${process.arch}/dynoxide`;

/** Starts the embedded DynamoDB with items in it, which it takes from a file ten times as fast as by writes. */
export async function startSeeded(
  parent: string,
  items: Iterable<Record<string, unknown>>,
): Promise<Database> {
  const directory = await mkdtemp(join(parent, 'seeded-'));
  // Laid out as DynamoDB exports a table to S3.
  const data = join(directory, 'export', TABLE, 'data');
  await mkdir(data, { recursive: true });
  await writeFile(join(directory, 'schema.json'), await schema(parent));
  await pipeline(Readable.from(lines(items)), createWriteStream(join(data, 'items.json')));
  await promisify(execFile)(
    createRequire(import.meta.url).resolve(DYNOXIDE),
    ['import', '--source', 'export', '--schema', 'schema.json', '--output', 'dynamodb.sqlite'],
    { cwd: directory },
  );
  await rm(join(directory, 'export'), { recursive: true });
  const emulator = await startDynamoDB(directory);
  return {
    name: 'dynoxide',
    endpoint: emulator.endpoint,
    ...useTable(emulator.endpoint, emulator),
  };
}

function* lines(items: Iterable<Record<string, unknown>>): Generator<string> {
  for (const item of items) yield `${JSON.stringify({ Item: marshall(item) })}\n`;
}

/** The table as a database describes it that has an empty one. */
async function schema(directory: string): Promise<string> {
  const { endpoint, stop } = await startEmbedded(directory);
  const client = new DynamoDBClient({ endpoint });
  const { Table } = await client.send(new DescribeTableCommand({ TableName: TABLE }));
  client.destroy();
  await stop();
  return JSON.stringify([{ Table }]);
}
