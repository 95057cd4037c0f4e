import { randomBytes } from 'node:crypto';
import { type AttributeValue, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';

// The least that a click can do: put one item like that of `hit` with the bare client, and redirect.
const { TABLE_NAME, APP_URL, CLICK_ITEM = '{}' } = process.env;
const click: Record<string, AttributeValue> = JSON.parse(CLICK_ITEM);
const client = new DynamoDBClient();

export const handler = async () => {
  const session = { S: randomBytes(16).toString('base64url') };
  const now = new Date();
  // Sorts by time and is as long as a ULID, so it makes the same work for the index.
  const id = { S: `${now.getTime()}${randomBytes(7).toString('hex').slice(1)}` };
  const Item = {
    ...click,
    pk: { S: `VISITOR#${session.S}` },
    sk: { S: `RESPONSE#${id.S}` },
    gsi1sk: id,
    id,
    session,
    createdAt: { S: now.toISOString() },
  };
  await client.send(new PutItemCommand({ TableName: TABLE_NAME, Item }));
  return { statusCode: 302, headers: { location: `${APP_URL}/` } };
};
