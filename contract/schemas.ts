import type { JsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { type ComponentName, components } from './components.ts';
import { definitions } from './definitions.ts';
import { descriptions, parameters } from './descriptions.ts';
import { examples } from './examples.ts';
import { jsonSchemas } from './json-schema.ts';

const inputs = Object.values(definitions).map(({ input }) => input);
const bodies = new Set(inputs.map(({ body }) => body));

/** The schema of each parameter and header, by name. Routes that share a name share the schema. */
const parameterSchemas = Object.fromEntries(
  inputs.flatMap(({ path, query, headers }) =>
    [path, query, headers].flatMap((schema) =>
      Object.entries(schema?.entries ?? {}).map(([name, entry]) => [`parameter ${name}`, entry]),
    ),
  ),
) as Record<`parameter ${string}`, v.GenericSchema>;

const converted: Readonly<Record<string, JsonSchema>> = jsonSchemas({
  ...components,
  ...parameterSchemas,
});

/** Names of the components, by their schemas. */
const names = new Map<v.GenericSchema | undefined, string>(
  Object.entries(components).map(([name, schema]) => [schema, name]),
);

/** A reference to the component that a schema is. */
export function referenceTo(schema: v.GenericSchema | undefined, whose: string): JsonSchema {
  const name = names.get(schema);
  if (name === undefined) throw new Error(`${whose} has no name in contract/components.ts.`);
  return { $ref: `#/components/schemas/${name}` };
}

/** The text about something. */
export function describe(what: string, text: string | undefined): string {
  if (text === undefined) throw new Error(`contract/ has no description of ${what}.`);
  return text;
}

/** Asserts that nothing is described that is not there any more. */
export function assertKnown(whose: string, described: object, known: object): void {
  const name = Object.keys(described).find((one) => !(one in known));
  if (name) throw new Error(`contract/ describes ${name} of ${whose}, which is not there.`);
}

/** The components with their texts and examples. Answers are open: a later version may add fields. */
export const componentSchemas = Object.fromEntries(
  Object.entries(components).map(([name, schema]) => [
    name,
    component(name as ComponentName, bodies.has(schema)),
  ]),
);

function component(name: ComponentName, isBody: boolean): object {
  const { additionalProperties, properties = {}, ...others } = converted[name] ?? {};
  const { object, fields = {} } = descriptions[name];
  assertKnown(name, fields, properties);
  return {
    description: object,
    ...others,
    properties: Object.fromEntries(
      Object.entries(properties).map(([field, value]) => {
        assertFlat(`${name}.${field}`, value);
        const description = describe(`${name}.${field}`, fields[field]);
        return [field, { description, ...(value as JsonSchema) }];
      }),
    ),
    ...((isBody || additionalProperties !== false) && { additionalProperties }),
    ...(examples[name] && { examples: [examples[name]] }),
  };
}

/** Asserts that an object inside another one is a component too. */
function assertFlat(where: string, schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return;
  if ('properties' in schema) throw new Error(`${where} needs a name in contract/components.ts.`);
  for (const part of Object.values(schema)) assertFlat(where, part);
}

/** The parameters of a part of a request. */
export const parametersIn = (
  place: 'path' | 'query' | 'header',
  schema: { readonly entries: v.ObjectEntries } | undefined,
) =>
  Object.keys(schema?.entries ?? {}).map((name) => {
    const { default: fallback, ...others } = converted[`parameter ${name}`] ?? {};
    const required = place === 'path';
    return {
      name,
      in: place,
      required,
      description: describe(`the parameter ${name}`, parameters[name]),
      schema: required || fallback === undefined ? others : { ...others, default: fallback },
    };
  });

for (const name of Object.keys(parameters)) {
  assertKnown('the parameters', { [`parameter ${name}`]: '' }, parameterSchemas);
}
