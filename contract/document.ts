import { readFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import type { JsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { STATUS } from '../functions/http/problem.ts';
import { codePath } from '../functions/http/referrals.ts';
import type { ApiRoute } from '../functions/http/route.ts';
import type { Route } from '../functions/routes.ts';
import { type ComponentName, components } from './components.ts';
import { definitionOf } from './definitions.ts';
import { descriptions, parameters } from './descriptions.ts';
import { busEvents } from './events.ts';
import { examples } from './examples.ts';
import { jsonSchemas } from './json-schema.ts';
import { type DocumentedRoute, documentedRoutes, operations, tags } from './operations.ts';
import { type ProblemCode, problemsOf, reasons } from './problems.ts';

/** As much of a route's definition as the document shows. */
type Definition = Pick<ApiRoute, 'input' | 'answers' | 'errors' | 'example'>;

/** `hit` reads its request by itself, and redirects. */
const hit: Definition = {
  input: { path: codePath, query: v.object({ redirect_to: v.exactOptional(v.string()) }) },
  answers: {},
};

const definitions = new Map<DocumentedRoute['name'], Definition>(
  await Promise.all(
    documentedRoutes.map(
      async ({ name }): Promise<[DocumentedRoute['name'], Definition]> => [
        name,
        name === 'hit' ? hit : await definitionOf(name),
      ],
    ),
  ),
);

/** The schema of each parameter and header, by name. Routes that share a name share the schema. */
const parameterSchemas = Object.fromEntries(
  [...definitions.values()].flatMap(({ input: { path, query, headers } }) =>
    [path, query, headers].flatMap((schema) => Object.entries(schema?.entries ?? {})),
  ),
) as Record<string, v.GenericSchema>;

/** Every schema in JSON Schema: components by name, and parameters by name and a prefix. */
const schemas: Readonly<Record<string, JsonSchema>> = jsonSchemas({
  ...components,
  ...Object.fromEntries(
    Object.entries(parameterSchemas).map(([name, schema]) => [`parameter ${name}`, schema]),
  ),
});

/** Names of the components, by their schemas. */
const names = new Map<v.GenericSchema, ComponentName>(
  Object.entries(components).map(([name, schema]) => [schema, name as ComponentName]),
);

const bodies = new Set([...definitions.values()].map(({ input }) => input.body));

/** A reference to the component that a schema is. */
function referenceTo(schema: v.GenericSchema | undefined, whose: string): JsonSchema {
  const name = schema && names.get(schema);
  if (name === undefined) throw new Error(`${whose} has no name in contract/components.ts.`);
  return { $ref: `#/components/schemas/${name}` };
}

/** Makes the OpenAPI document of the service. */
export const openApiDocument = () => {
  const operations = documentedRoutes.map((route) => ({ route, operation: operation(route) }));
  const shared = sharedResponses(operations.map((one) => one.operation.responses));
  const paths: Record<string, Record<string, object>> = {};
  for (const { route, operation } of operations) {
    // OpenAPI has no greedy parameters.
    const path = route.path.replace('{proxy+}', '{code}');
    const responses = Object.entries(operation.responses).map(([status, response]) => [
      status,
      shared.references.get(JSON.stringify(response)) ?? response,
    ]);
    paths[path] = {
      ...paths[path],
      [route.method.toLowerCase()]: { ...operation, responses: Object.fromEntries(responses) },
    };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'cdk-referrals',
      version: JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
        .version,
      summary: 'Referral links for any app.',
      description:
        'JSON in camelCase; times are ISO 8601 in UTC. Ignore fields of answers that you do not know: a later version may add some.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The service that you got this document from.' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    webhooks: Object.fromEntries(
      Object.entries(busEvents).map(([type, schema]) => [type, webhook(type, schema)]),
    ),
    components: {
      securitySchemes,
      schemas: Object.fromEntries(
        Object.entries(components).map(([name, schema]) => [
          name,
          component(name as ComponentName, schema),
        ]),
      ),
      responses: shared.responses,
      headers,
    },
  };
};

/** Of the responses with a status, the one that most operations have becomes a component, named by the status. */
function sharedResponses(all: readonly Readonly<Record<string, object>>[]) {
  const responses: Record<string, object> = {};
  const references = new Map<string, object>();
  for (const status of new Set(all.flatMap((ofOne) => Object.keys(ofOne)))) {
    const name = STATUS_CODES[status]?.replaceAll(/\W/g, '') ?? status;
    const texts = all.flatMap((ofOne) => (ofOne[status] ? [JSON.stringify(ofOne[status])] : []));
    const [[text = '', { length = 0 } = []] = []] = [...Map.groupBy(texts, (one) => one)].toSorted(
      ([, one], [, other]) => other.length - one.length,
    );
    if (length < 2) continue;
    responses[name] = JSON.parse(text);
    references.set(text, { $ref: `#/components/responses/${name}` });
  }
  return { responses, references };
}

const securitySchemes = {
  user: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An id token or access token of the user pool.',
  },
  session: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Referral-Session',
    description: "The visitor's session, as a page sends it that keeps it itself.",
  },
  sessionCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: 'referral_session',
    description:
      "The visitor's session, as a browser sends it that got it from the redirect. The setting `session.cookieName` can change the name.",
  },
};

/** Who may call a route, in every combination. */
const SECURITY: Readonly<Record<Route['auth'], readonly Readonly<Record<string, readonly []>>[]>> =
  {
    none: [],
    optional: [
      {},
      { user: [] },
      { session: [] },
      { sessionCookie: [] },
      { user: [], session: [] },
      { user: [], sessionCookie: [] },
    ],
    user: [{ user: [] }, { user: [], session: [] }, { user: [], sessionCookie: [] }],
  };

const headers = {
  Location: {
    description: 'The destination.',
    required: true,
    schema: { type: 'string', format: 'uri' },
  },
  'Set-Cookie': {
    description: "The visitor's session, unless a machine asks, or the page keeps it itself.",
    schema: { type: 'string' },
  },
  'Retry-After': {
    description: 'Seconds after which the same request may succeed.',
    schema: { type: 'integer', minimum: 1 },
  },
  'WWW-Authenticate': {
    description: 'How to authenticate.',
    schema: { type: 'string' },
  },
};

const withHeaders = (...wanted: readonly (keyof typeof headers)[]) => ({
  headers: Object.fromEntries(
    wanted.map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  ),
});

const HEADERS: Readonly<Record<number, object>> = {
  401: withHeaders('WWW-Authenticate'),
  429: withHeaders('Retry-After'),
  503: withHeaders('Retry-After'),
};

function operation(route: DocumentedRoute) {
  const { name, method, auth } = route;
  const { tag, summary, description } = operations[name];
  const definition = definitions.get(name) ?? hit;
  const { input, example } = definition;
  const given = [
    ...parametersIn('path', input.path),
    ...parametersIn('query', input.query),
    ...parametersIn('header', input.headers),
  ];
  return {
    // An id has to be unique, and `hit` has two methods.
    operationId: camelCase(method === 'HEAD' ? `${name}-head` : name),
    summary: method === 'HEAD' ? `${summary}, without a body` : summary,
    ...(description && { description }),
    tags: [tag],
    security: SECURITY[auth],
    ...(given.length > 0 && { parameters: given }),
    ...(input.body && {
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: referenceTo(input.body, `The body of ${name}`), example },
        },
      },
    }),
    responses: { ...successes(name, definition), ...failures(route, definition) },
  };
}

const camelCase = (name: string): string =>
  name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

const parametersIn = (
  place: 'path' | 'query' | 'header',
  schema: { readonly entries: v.ObjectEntries } | undefined,
) =>
  Object.keys(schema?.entries ?? {}).map((name) => {
    const { default: fallback, ...others } = schemas[`parameter ${name}`] ?? {};
    return {
      name,
      in: place,
      required: place === 'path',
      description: parameters[name] ?? missing(`The parameter ${name}`),
      schema:
        place === 'path' || fallback === undefined
          ? others
          : { ...others, default: others.type === 'integer' ? Number(fallback) : fallback },
    };
  });

function missing(what: string): never {
  throw new Error(`${what} has no description in contract/descriptions.ts.`);
}

function successes(name: DocumentedRoute['name'], { answers }: Definition): Record<string, object> {
  const texts = operations[name].answers;
  if (name === 'hit')
    return { 302: { description: texts[302], ...withHeaders('Location', 'Set-Cookie') } };
  return Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => [
      status,
      {
        description: texts[Number(status)] ?? missing(`${status} of ${name}`),
        ...(hasCookie(schema) && withHeaders('Set-Cookie')),
        content: { 'application/json': { schema: referenceTo(schema, `${status} of ${name}`) } },
      },
    ]),
  );
}

/** Whether an answer can set the cookie with the session. */
const hasCookie = (schema: v.GenericSchema): boolean =>
  schema === components.Session || schema === components.Arrival;

/** The statuses that the gateway can answer by itself. */
const ofGateway = ({ auth }: Pick<Route, 'auth'>): ReadonlySet<number> =>
  new Set([...(auth === 'user' ? [401] : []), 429, 500, 503]);

function failures(route: DocumentedRoute, definition: Definition) {
  const codes = [...new Set(problemsOf(route, definition))].toSorted();
  const gateway = ofGateway(route);
  const statuses = new Set([...gateway, ...codes.map((code) => STATUS[code])]);
  return Object.fromEntries(
    [...statuses].map((status) => {
      const possible = codes.filter((code) => STATUS[code] === status);
      return [status, failure(route, status, possible, gateway.has(status))];
    }),
  );
}

function failure(
  { name }: DocumentedRoute,
  status: number,
  codes: readonly ProblemCode[],
  byGateway: boolean,
) {
  const lines = codes.map((code) => `- \`${code}\`: ${reasons[code]}`);
  if (byGateway) lines.push(`- ${GATEWAY[status]}`);
  return {
    description: lines.join('\n'),
    ...HEADERS[status],
    content: {
      ...(codes.length > 0 && {
        'application/problem+json': {
          schema: {
            allOf: [
              { $ref: '#/components/schemas/Problem' },
              { properties: { code: { enum: codes } } },
            ],
          },
        },
      }),
      ...(byGateway && {
        'application/json': { schema: { $ref: '#/components/schemas/GatewayProblem' } },
      }),
      // A browser that opens a link gets a page.
      ...(name === 'hit' && status === 404 && { 'text/html': { schema: { type: 'string' } } }),
    },
  };
}

/** When the gateway answers by itself. */
const GATEWAY: Readonly<Record<number, string>> = {
  401: 'The gateway found no valid token.',
  429: 'The gateway got too many requests.',
  500: 'The function failed.',
  503: 'The function did not answer in time, or too many run.',
};

const webhook = (type: string, schema: v.GenericSchema) => ({
  post: {
    operationId: `on${type}`,
    summary: components[type as ComponentName] ? descriptions[type as ComponentName].object : type,
    description:
      'An event on the bus `EventBusName`. It arrives at least once; its type and `detail.id` identify it. EventBridge adds further fields.',
    security: [],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: referenceTo(schema, type) } },
    },
    responses: { 200: { description: 'The target of a rule has taken it.' } },
  },
});

/** The schema of a component, with its texts. Answers are open, bodies are not. */
function component(name: ComponentName, schema: v.GenericSchema): object {
  const { additionalProperties, properties = {}, ...others } = schemas[name] ?? {};
  const { object, fields = {} } = descriptions[name];
  const unknown = Object.keys(fields).find((field) => !(field in properties));
  if (unknown)
    throw new Error(`${name} has no field ${unknown}, which contract/descriptions.ts describes.`);
  return {
    description: object,
    ...others,
    properties: Object.fromEntries(
      Object.entries(properties).map(([field, value]) => {
        assertFlat(`${name}.${field}`, value);
        return [
          field,
          { description: fields[field] ?? missing(`${name}.${field}`), ...(value as JsonSchema) },
        ];
      }),
    ),
    ...(additionalProperties === false
      ? bodies.has(schema) && { additionalProperties }
      : { additionalProperties }),
    ...(examples[name] && { examples: [examples[name]] }),
  };
}

/** Asserts that an object inside another one is a component too. */
function assertFlat(where: string, schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return;
  if ('properties' in schema) throw new Error(`${where} needs a name in contract/components.ts.`);
  for (const part of Object.values(schema)) assertFlat(where, part);
}
