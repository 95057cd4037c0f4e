import { createRequire } from 'node:module';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  DynamoDBServiceException,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import { tableShape } from '../functions/store/table-shape.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { choosePort } from './port.ts';

/**
 * Starts dynoxide on a file in the directory.
 *
 * @throws Error if there is no dynoxide for this machine, or its port can't be used.
 */
export async function startDynamoDB(directory: string): Promise<Emulator> {
  const port = await choosePort(directory, 'DYNAMODB_PORT');
  return startEmulator({
    name: 'dynoxide',
    command: dynoxideBinary(),
    parameters: ['serve', '--port', `${port}`, '--db-path', 'dynamodb.sqlite'],
    port,
    directory,
  });
}

function dynoxideBinary(): string {
  const name = `@dynoxide/${process.platform}-${process.arch}`;
  try {
    return createRequire(import.meta.url).resolve(`${name}/dynoxide`);
  } catch {
    throw new Error(
      `There is no embedded DynamoDB for this machine (${name} is not installed). Start another DynamoDB and set DYNAMODB_ENDPOINT, for example to http://127.0.0.1:8000.`,
    );
  }
}

/** Creates the table if it is missing. If `fresh`, drops it first. */
export async function createTable(endpoint: string, name: string, fresh: boolean): Promise<void> {
  const client = new DynamoDBClient({ endpoint });
  const patience = { client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 };
  if (fresh) {
    await client
      .send(new DeleteTableCommand({ TableName: name }))
      .then(() => waitUntilTableNotExists(patience, { TableName: name }))
      .catch(ignore(ResourceNotFoundException));
  }
  const { partitionKey, sortKey, timeToLiveAttribute, index } = tableShape;
  const keys = [partitionKey, sortKey, index.partitionKey, index.sortKey];
  try {
    await client.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: keys.map((key) => ({ AttributeName: key, AttributeType: 'S' })),
        KeySchema: keySchema(partitionKey, sortKey),
        GlobalSecondaryIndexes: [
          {
            IndexName: index.name,
            KeySchema: keySchema(index.partitionKey, index.sortKey),
            Projection: { ProjectionType: 'ALL' },
          },
        ],
      }),
    );
    await waitUntilTableExists(patience, { TableName: name });
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: name,
        TimeToLiveSpecification: { AttributeName: timeToLiveAttribute, Enabled: true },
      }),
    );
  } catch (error) {
    ignore(ResourceInUseException)(error);
  } finally {
    client.destroy();
  }
}

/**
 * Gives the table a stream if it has none. This is separate from creating the table, because not every
 * substitute for DynamoDB has streams.
 *
 * @returns whether the table has a stream now.
 */
export async function enableStream(endpoint: string, name: string): Promise<boolean> {
  const client = new DynamoDBClient({ endpoint });
  const hasStream = async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
    return (
      Table?.LatestStreamArn !== undefined && Table.StreamSpecification?.StreamEnabled === true
    );
  };
  try {
    if (await hasStream()) return true;
    const StreamSpecification = {
      StreamEnabled: true,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    } as const;
    await client
      .send(new UpdateTableCommand({ TableName: name, StreamSpecification }))
      // Refused, or another service was faster.
      .catch(ignore(DynamoDBServiceException));
    return await hasStream();
  } finally {
    client.destroy();
  }
}

const keySchema = (partitionKey: string, sortKey: string) => [
  { AttributeName: partitionKey, KeyType: 'HASH' as const },
  { AttributeName: sortKey, KeyType: 'RANGE' as const },
];

const ignore = (expected: abstract new (...parameters: never[]) => Error) => (error: unknown) => {
  if (!(error instanceof expected)) throw error;
};
