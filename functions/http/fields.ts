import * as v from 'valibot';
import type { FunctionSettings } from '../setup/settings.ts';

/** The reader of an answer: a visitor, the owner of the link, or an operator of the app. */
export type Reader = 'visitor' | 'owner' | 'operator';

/** For a field that every reader may see. */
export const everyone = ['visitor', 'owner', 'operator'] as const;

/** A field of an answer that is made from a domain object. */
export interface Field<Source, Value, SeenBy extends Reader> {
  readonly seenBy: readonly SeenBy[];
  readonly schema: v.GenericSchema<Value>;
  readonly value: (source: Source, settings: FunctionSettings) => Value;
}

// biome-ignore lint/suspicious/noExplicitAny: a field of any kind
type AnyField<Source> = Field<Source, any, Reader>;

/**
 * The fields of an answer. Each property of the domain object has a field or is named as hidden. The compiler
 * reports a forgotten property.
 *
 * @example const fields = { code: … } satisfies FieldsOf<Referral, 'buckets'>;
 */
export type FieldsOf<Source, Hidden extends keyof Source = never> = Readonly<
  Record<string, AnyField<Source>> & Record<Exclude<keyof Source, Hidden>, AnyField<Source>>
>;

/** The fields that a reader sees. */
export type Shown<Fields, As extends Reader> = {
  [Name in keyof Fields as Fields[Name] extends Field<never, infer _, infer SeenBy>
    ? As extends SeenBy
      ? Name
      : never
    : never]: Fields[Name] extends Field<never, infer Value, Reader> ? Value : never;
};

/** Makes a field of an answer from its readers, its schema and its value. */
export const fieldOf =
  <Source>() =>
  <const SeenBy extends Reader, Value>(
    seenBy: readonly SeenBy[],
    schema: v.GenericSchema<Value>,
    value: (source: Source, settings: FunctionSettings) => NoInfer<Value>,
  ): Field<Source, Value, SeenBy> => ({ seenBy, schema, value });

/** Makes the answer about an object, with the fields that the reader may see. */
export const show = <
  Source,
  const Fields extends Readonly<Record<string, AnyField<Source>>>,
  const As extends Reader,
>(
  fields: Fields,
  reader: As,
  source: Source,
  settings: FunctionSettings,
): Shown<Fields, As> =>
  Object.fromEntries(
    fieldsFor(fields, reader).map(([name, { value }]) => [name, value(source, settings)]),
  ) as Shown<Fields, As>;

/** The schema of the fields that a reader sees. */
export const schemaOf = <
  const Fields extends Readonly<Record<string, AnyField<never>>>,
  const As extends Reader,
>(
  fields: Fields,
  reader: As,
) => v.strictObject(entriesOf(fields, reader));

/** The schema of each field that a reader sees. */
export const entriesOf = <
  const Fields extends Readonly<Record<string, AnyField<never>>>,
  const As extends Reader,
>(
  fields: Fields,
  reader: As,
) =>
  Object.fromEntries(fieldsFor(fields, reader).map(([name, { schema }]) => [name, schema])) as {
    readonly [Name in keyof Shown<Fields, As>]: v.GenericSchema<Shown<Fields, As>[Name]>;
  };

const fieldsFor = <F extends AnyField<never>>(
  fields: Readonly<Record<string, F>>,
  reader: Reader,
) => Object.entries(fields).filter(([, { seenBy }]) => seenBy.includes(reader));
