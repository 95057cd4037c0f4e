import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Attributes, fromAttributes, toAttributes } from '../../functions/store/attributes.ts';

const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }),
);
const bytes = fc.uint8Array({ maxLength: 40 });
const leaf = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  number,
  fc.boolean(),
  fc.constant(null),
  bytes,
);
// The SDK takes an object with another constructor for an instance of a class.
const name = fc.string({ minLength: 1 }).filter((text) => !(text in {}));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value')),
    fc.dictionary(name, tie('value'), { noNullPrototype: true }),
  ),
}));
const item = fc.dictionary(name, fc.option(value, { nil: undefined }), { noNullPrototype: true });

/** The SDK's form, as it goes over the wire. */
const onTheWire = (attributes: unknown): Attributes =>
  JSON.parse(
    JSON.stringify(attributes, function (this: Record<string, unknown>, key, own) {
      const sent = this[key];
      return sent instanceof Uint8Array ? Buffer.from(sent).toString('base64') : own;
    }),
  );

test('items are written as the SDK writes them', () => {
  fc.assert(
    fc.property(item, (written) => {
      const bySdk = onTheWire(marshall(written, { removeUndefinedValues: true }));
      expect(JSON.parse(JSON.stringify(toAttributes(written)))).toEqual(bySdk);
    }),
  );
});

test('items are read as the SDK reads them', () => {
  fc.assert(
    fc.property(item, (written) => {
      const bySdk = marshall(written, { removeUndefinedValues: true });
      const read = fromAttributes(onTheWire(bySdk));
      expect(onTheWire(read)).toEqual(onTheWire(unmarshall(bySdk)));
    }),
  );
});

test('bytes are read as bytes', () => {
  expect(fromAttributes({ key: { B: 'AQI=' } })).toEqual({ key: Buffer.from([1, 2]) });
});

test.each([
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1n,
  new Date(0),
  new Set(['a']),
  () => 1,
  Symbol('a'),
])('a value that the store has not is not written: %s', (wrong) => {
  expect(() => toAttributes({ wrong })).toThrow(/^A value of type \w+ can’t be stored\.$/);
});

test('a value that the store has not is not read', () => {
  const stringSet = { SS: ['a'] } as unknown as Attributes[string];
  expect(() => fromAttributes({ stringSet })).toThrow('A value of type SS can’t be read.');
});
