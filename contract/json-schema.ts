import { type ConversionConfig, type JsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { RESPONDED, SIGNED_UP } from '../functions/core/response.ts';
import { withoutNulls } from '../functions/http/referrals.ts';
import { isObject } from '../functions/validation/objects.ts';
import { inUtc } from '../functions/validation/schemas.ts';

/**
 * Our own rules in JSON Schema, by their message. A rule that JSON Schema has no word for is empty here, and stands
 * in the description of its field.
 */
const RULES: Readonly<Record<string, JsonSchema>> = {
  'is a reserved name': {},
  'is recorded by the service itself': { not: { enum: [RESPONDED, SIGNED_UP] } },
  'must be a time such as 2026-01-31T12:00:00Z, or a date such as 2026-01-31': {
    anyOf: [{ format: 'date-time' }, { format: 'date' }],
  },
  'must be a time such as 2030-01-31T12:00:00Z': { format: 'date-time' },
  'must be a time zone such as Europe/Berlin': { pattern: '^[A-Za-z][A-Za-z0-9_+/-]*$' },
  'must be well-formed Unicode': {},
  'must have at least one field': { minProperties: 1 },
  'must have at most 100 characters': { maxLength: 100 },
  'must have at most 128 characters': { maxLength: 128 },
  'must not be empty': { minLength: 1 },
  'must not have control characters': { pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$' },
  'must not have invisible characters': {},
};

/** What a transformation makes of its input's schema. */
const TRANSFORMATIONS = new Map<unknown, (schema: JsonSchema) => JsonSchema>([
  ['normalize', (schema) => schema],
  ['trim', (schema) => schema],
  [inUtc, (schema) => schema],
  [withoutNulls, (schema) => schema],
  // Texts of queries. The rules that follow say which numbers.
  [Number, () => ({ type: 'integer' })],
]);

type Action = Parameters<NonNullable<ConversionConfig['overrideAction']>>[0];

/**
 * Converts schemas to JSON Schema (2020-12).
 *
 * @param schemas by the name that the others refer to them by.
 * @throws Error that names a rule which JSON Schema would lose, or which no schema has any more.
 */
export function jsonSchemas<Name extends string>(
  schemas: Readonly<Record<Name, v.GenericSchema>>,
): Record<Name, JsonSchema> {
  const unused = new Set(Object.keys(RULES));

  function overrideAction({ valibotAction, jsonSchema, errors }: Action): JsonSchema | undefined {
    const { type, message, operation } = valibotAction as typeof valibotAction & {
      message?: string;
      operation?: unknown;
    };
    const rule = type === 'check' && message !== undefined ? RULES[message] : undefined;
    if (rule && message && !Object.keys(rule).some((keyword) => keyword in jsonSchema)) {
      unused.delete(message);
      return { ...jsonSchema, ...rule };
    }
    const transform = TRANSFORMATIONS.get(operation ?? type);
    if (transform) return transform(jsonSchema);
    if (errors === undefined) return undefined;
    throw new Error(
      `The rule "${message ?? type}" would be lost. Say in contract/json-schema.ts what it is in JSON Schema.`,
    );
  }

  for (const schema of Object.values<v.GenericSchema>(schemas)) assertPipes(schema);
  const converted = toJsonSchemaDefs(schemas, {
    target: 'draft-2020-12',
    // Of several schemas in a pipe the last one; `assertPipes` sees to it that those before it have no rules.
    typeMode: 'output',
    overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
    overrideSchema: ({ valibotSchema, jsonSchema }) => simpler(valibotSchema.type, jsonSchema),
    overrideAction,
  });
  const [rule] = unused;
  if (rule !== undefined) throw new Error(`No schema has the rule "${rule}" any more.`);
  return converted as Record<Name, JsonSchema>;
}

/** A shorter form of the same schema, if there is one. */
function simpler(type: string, schema: JsonSchema): JsonSchema | undefined {
  if (type === 'record' && (schema.propertyNames as JsonSchema).pattern === undefined) {
    const { propertyNames: _, ...rest } = schema;
    return rest;
  }
  // A default is written as it would be sent, and a query is text.
  if (schema.type === 'integer' && typeof schema.default === 'string') {
    return { ...schema, default: Number(schema.default) };
  }
  if (type === 'literal') return { type: 'string', ...schema };
  const [wrapped] = (schema.anyOf ?? []) as JsonSchema[];
  if (type !== 'nullable' || typeof wrapped?.type !== 'string') return undefined;
  return {
    ...wrapped,
    type: [wrapped.type, 'null'],
    ...(wrapped.enum && { enum: [...wrapped.enum, null] }),
  };
}

/** What a schema, or a step of its pipe, may have. */
interface Step {
  readonly kind?: string;
  readonly type?: string;
  readonly requirement?: unknown;
  readonly pipe?: readonly Step[];
}

/** Asserts that nothing before the last schema of a pipe is a rule, except that it is an object. */
function assertPipes(schema: Step, seen = new Set<unknown>()): void {
  if (seen.has(schema)) return;
  seen.add(schema);
  const steps = flattened(schema.pipe ?? []);
  const last = steps.findLastIndex(({ kind }) => kind === 'schema');
  const lost = steps
    .slice(0, last)
    .find(({ type, requirement }) => type !== 'unknown' && requirement !== isObject);
  if (lost)
    throw new Error(`A rule (${lost.type}) before the last schema of a pipe would be lost.`);
  for (const part of Object.values(schema)) {
    if (typeof part === 'object' && part !== null) assertPipes(part, seen);
  }
}

const flattened = (steps: readonly Step[]): Step[] =>
  steps.flatMap((step) => (step.pipe ? flattened(step.pipe) : [step]));
