import { readFileSync } from 'node:fs';
import type { Route } from '../functions/routes.ts';
import { answersOf, headers, sharedAnswers } from './answers.ts';
import { definitions } from './definitions.ts';
import { descriptions } from './descriptions.ts';
import { busEvents } from './events.ts';
import { type DocumentedName, documentedRoutes, operations, tags } from './operations.ts';
import { componentSchemas, parametersIn, referenceTo } from './schemas.ts';

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
      "The visitor's session, as a browser sends it that got it from the service. The setting `session.cookieName` can change the name.",
  },
};

const session = [{ session: [] }, { sessionCookie: [] }];
const user = [{ user: [] }, { user: [], session: [] }, { user: [], sessionCookie: [] }];

/** Who may call a route, in every combination. */
const SECURITY: Readonly<Record<Route['auth'], readonly object[]>> = {
  none: [],
  optional: [{}, ...session, ...user],
  user,
};

/** Makes the OpenAPI document of the service. */
export function openApiDocument() {
  const answers = documentedRoutes.map(answersOf);
  const { responses, shared } = sharedAnswers(answers);
  const paths: Record<string, object> = {};
  for (const [index, route] of documentedRoutes.entries()) {
    // OpenAPI has no greedy parameters.
    const path = route.path.replace('{proxy+}', '{code}');
    const entries = Object.entries(answers[index] ?? {});
    const responses = Object.fromEntries(entries.map(([status, one]) => [status, shared(one)]));
    const operation = { ...operationOf(route), responses };
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'cdk-referrals',
      version: JSON.parse(readFileSync('package.json', 'utf8')).version,
      summary: 'Referral links for any app.',
      description:
        'JSON in camelCase; times are ISO 8601 in UTC. Ignore fields of answers that you do not know: a later version may add some.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The service that you got this document from.' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    webhooks: Object.fromEntries(
      Object.keys(busEvents).map((type) => [type, webhook(type as keyof typeof busEvents)]),
    ),
    components: { securitySchemes, schemas: componentSchemas, responses, headers },
  };
}

function operationOf({ name, method, auth }: Route & { readonly name: DocumentedName }) {
  const { tag, summary, description } = operations[name];
  const { input, example } = definitions[name];
  const parameters = [
    ...parametersIn('path', input.path),
    ...parametersIn('query', input.query),
    ...parametersIn('header', input.headers),
  ];
  const isHead = method === 'HEAD';
  return {
    // An id has to be unique, and `hit` has two methods.
    operationId: camelCase(isHead ? `${name}-head` : name),
    summary: isHead ? `${summary}, without a body` : summary,
    ...(description && { description }),
    tags: [tag],
    security: SECURITY[auth],
    ...(parameters.length > 0 && { parameters }),
    ...(input.body && {
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: referenceTo(input.body, `The body of ${name}`), example },
        },
      },
    }),
  };
}

const camelCase = (name: string): string =>
  name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

const webhook = (type: keyof typeof busEvents) => ({
  post: {
    operationId: `on${type}`,
    summary: descriptions[type].object,
    description:
      'An event on the bus `EventBusName`. It arrives at least once; its type and `detail.id` identify it. EventBridge adds further fields.',
    security: [],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: referenceTo(busEvents[type], type) } },
    },
    responses: { 200: { description: 'The target of a rule has taken it.' } },
  },
});
