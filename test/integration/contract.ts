import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Answer } from './call-api.ts';

/** As much of a schema as the checks need. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

interface Response {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Response>>;
}

interface Contract {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, Response>>;
  };
}

const contract: Contract = JSON.parse(readFileSync('docs/openapi.json', 'utf8'));

/** The contract with no further fields. Users must ignore fields that they do not know. A test must not. */
// biome-ignore lint/suspicious/noExplicitAny: a test may change whatever part of it
export const closedContract: any = closed(contract);

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(closedContract, 'contract');

/** Closes every object that does not say itself which further fields it may have. */
function closed<Part>(part: Part): Part {
  if (Array.isArray(part)) return part.map(closed) as Part;
  if (typeof part !== 'object' || part === null) return part;
  const copy = Object.fromEntries(
    Object.entries(part).map(([name, value]) => [name, closed(value)]),
  );
  return (copy.type === 'object' ? { additionalProperties: false, ...copy } : copy) as Part;
}

const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    method: method.toUpperCase(),
    // The gateway takes every path below /r/, because links end in a slash, or in what a messenger appends.
    pattern: new RegExp(`^${path.replace('/r/{code}', '/r/.+').replace('{code}', '[^/]+')}$`),
    operation,
  })),
);

/** What the answers of success have shown so far: operations with their statuses, and fields that were not null. */
export const seen = new Set<string>();

/**
 * Asserts that an answer of the API is one of the contract, in `docs/openapi.json`: its status, its content type
 * and its body. Fields that the contract does not have are refused. A path that it does not have is left alone.
 *
 * @param route such as `GET /referrals/some-code?limit=7`.
 */
export function assertAnswer(route: string, { status, headers, body }: Answer): void {
  const [method, path = '/'] = route.split(' ');
  const pathname = URL.parse(path, 'https://api.example.com')?.pathname ?? '';
  const operation = operations.find(
    (known) => known.method === method && known.pattern.test(pathname),
  )?.operation;
  if (operation === undefined) return;
  const fail = (why: string): never => {
    throw new Error(`${route} answered ${status} against docs/openapi.json: ${why}.`);
  };
  const response = operation.responses[status] ?? fail('it has no such status');
  const content = resolved(response, contract.components.responses).content;
  const type = headers.get('content-type')?.split(';')[0] ?? '';
  const schema = content?.[type]?.schema;
  if (content === undefined) {
    if (body !== '') fail('it has no body');
  } else if (schema === undefined) {
    fail(`it has no ${type}`);
  } else if (method !== 'HEAD' && type.endsWith('json')) {
    const errors = errorsOf(schema, body);
    if (errors) fail(errors);
  }
  if (status >= 400) return;
  seen.add(`${operation.operationId} ${status}`);
  if (schema)
    for (const { field, value } of fieldsIn(schema, body)) if (value !== null) seen.add(field);
}

/** Asserts that an event is one of the contract, with no other fields. */
export function assertEvent({ type, detail }: { type: string; detail: unknown }): void {
  const errors = errorsOf({ $ref: `#/components/schemas/${type}` }, detail);
  if (errors) throw new Error(`${type} is against docs/openapi.json: ${errors}.`);
}

const validators = new Map<string, ValidateFunction>();

/** All that is wrong with a value; undefined if nothing is. */
function errorsOf(schema: Schema, value: unknown): string | undefined {
  const key = JSON.stringify(schema);
  const validate =
    validators.get(key) ?? ajv.compile(JSON.parse(key.replaceAll('"#/', '"contract#/')));
  validators.set(key, validate);
  if (validate(value)) return undefined;
  return validate.errors
    ?.map(
      ({ instancePath, message, params }) =>
        `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
    )
    .join('; ');
}

function resolved<Part extends { readonly $ref?: string }>(
  part: Part,
  components: Readonly<Record<string, Part>>,
): Part {
  const name = part.$ref?.split('/').at(-1);
  return (name !== undefined && components[name]) || part;
}

/** The fields of components in a body, with their values. */
function* fieldsIn(schema: Schema, body: unknown): Generator<{ field: string; value: unknown }> {
  if (body === null || body === undefined) return;
  for (const option of schema.anyOf ?? []) yield* fieldsIn(option, body);
  if (Array.isArray(body)) for (const item of body) yield* fieldsIn(schema.items ?? {}, item);
  const component = schema.$ref?.split('/').at(-1) ?? '';
  const { properties = {} } = resolved(schema, contract.components.schemas);
  for (const [name, property] of Object.entries(properties)) {
    const value = (body as Record<string, unknown>)[name] ?? null;
    yield { field: `${component}.${name}`, value };
    yield* fieldsIn(property, value);
  }
}

/** Everything that answers of success can show: operations with their statuses, and fields that can be other than null. */
export function everything(): ReadonlySet<string> {
  const all = new Set<string>();
  const visit = (schema: Schema): void => {
    for (const option of schema.anyOf ?? []) visit(option);
    if (schema.items) visit(schema.items);
    const component = schema.$ref?.split('/').at(-1);
    const { properties = {} } = resolved(schema, contract.components.schemas);
    for (const [name, property] of Object.entries(properties)) {
      if (property.type !== 'null') all.add(`${component}.${name}`);
      visit(property);
    }
  };
  for (const { operation } of operations) {
    for (const [status, response] of Object.entries(operation.responses)) {
      if (Number(status) >= 400) continue;
      all.add(`${operation.operationId} ${status}`);
      const { content = {} } = resolved(response, contract.components.responses);
      for (const { schema } of Object.values(content)) visit(schema);
    }
  }
  return all;
}
