/** A value in DynamoDB's JSON, such as `{ S: 'text' }`. Bytes are in base64. */
type AttributeValue =
  | { S: string }
  | { N: string }
  | { BOOL: boolean }
  | { NULL: true }
  | { B: string }
  | { L: AttributeValue[] }
  | { M: Attributes };

/** An item in DynamoDB's JSON. */
export type Attributes = { [name: string]: AttributeValue };

/**
 * Writes an item in DynamoDB's JSON, as the SDK would, but only with what the store has in items: text, numbers,
 * booleans, null, bytes, lists and objects. Properties that are undefined are left out.
 *
 * @throws TypeError for any other value.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
 * @example toAttributes({ code: 'abc', buckets: 2 }) // { code: { S: 'abc' }, buckets: { N: '2' } }
 */
export function toAttributes(item: Readonly<Record<string, unknown>>): Attributes {
  const attributes: Attributes = {};
  for (const [name, value] of Object.entries(item)) {
    if (value !== undefined) attributes[name] = toAttribute(value);
  }
  return attributes;
}

function toAttribute(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number' && Number.isFinite(value)) return { N: `${value}` };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (value instanceof Uint8Array) return { B: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return { L: value.map(toAttribute) };
  if (Object.getPrototypeOf(Object(value)) === Object.prototype) {
    return { M: toAttributes(value as Record<string, unknown>) };
  }
  throw new TypeError(`A value of type ${typeof value} can’t be stored.`);
}

/** Reads an item in DynamoDB's JSON. */
// biome-ignore lint/suspicious/noExplicitAny: items of all kinds
export function fromAttributes(attributes: Attributes): Record<string, any> {
  const item: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attributes)) item[name] = fromAttribute(value);
  return item;
}

function fromAttribute(value: AttributeValue): unknown {
  if ('S' in value) return value.S;
  if ('N' in value) return Number(value.N);
  if ('BOOL' in value) return value.BOOL;
  if ('NULL' in value) return null;
  if ('B' in value) return Buffer.from(value.B, 'base64');
  if ('L' in value) return value.L.map(fromAttribute);
  if ('M' in value) return fromAttributes(value.M);
  throw new TypeError(`A value of type ${Object.keys(value)[0]} can’t be read.`);
}
