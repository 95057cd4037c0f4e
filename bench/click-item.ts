import { type AttributeValue, DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { responsePartitionOf } from '../functions/store/keys.ts';
import { tableShape } from '../functions/store/table-shape.ts';
import type { Database } from './database.ts';
import { click } from './events.ts';
import { lambdaEnvironment, startInstance, TABLE } from './instance.ts';
import { setScene } from './scene.ts';

/** The item that a click puts, as `hit` was seen to put it. */
export async function clickItem(
  { endpoint, services }: Database,
  instance: { readonly program: string; readonly bundle: string },
): Promise<Record<string, AttributeValue>> {
  const { referral } = await setScene(services, { clicks: 0 });
  const hit = startInstance({ ...instance, environment: lambdaEnvironment(endpoint) });
  await hit.run({ event: click(referral.code), warmUp: 0, times: 0 });
  await hit.stop();
  const client = new DynamoDBClient({ endpoint });
  const { Items: [item] = [] } = await client.send(
    new QueryCommand({
      TableName: TABLE,
      IndexName: tableShape.index.name,
      KeyConditionExpression: 'gsi1pk = :referral',
      ExpressionAttributeValues: {
        ':referral': { S: responsePartitionOf(referral.code, '', referral.buckets) },
      },
    }),
  );
  client.destroy();
  if (item === undefined) throw new Error('A click was answered and is not in the table.');
  return item;
}
