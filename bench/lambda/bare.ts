import { randomBytes } from 'node:crypto';
import { type AttributeValue, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';

// The least that a click can be: one put with the bare client of an item like that of a click, and a redirect.
const { TABLE_NAME, APP_URL, CLICK_ITEM = '{}' } = process.env;
const click: Record<string, AttributeValue> = JSON.parse(CLICK_ITEM);
const client = new DynamoDBClient();

export const handler = async () => {
  const session = { S: randomBytes(16).toString('base64url') };
  const now = new Date();
  // In the order of time and as long as an ULID, so that the index has the same work with it.
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
