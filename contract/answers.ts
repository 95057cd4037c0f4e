import { STATUS_CODES } from 'node:http';
import type * as v from 'valibot';
import { STATUS } from '../functions/http/problem.ts';
import type { Route } from '../functions/routes.ts';
import { components } from './components.ts';
import { definitions } from './definitions.ts';
import { type DocumentedName, operations } from './operations.ts';
import { type ProblemCode, problemsOf, reasons } from './problems.ts';
import { assertKnown, describe, referenceTo } from './schemas.ts';

/** Headers of answers. */
export const headers = {
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

/** When the gateway answers by itself. */
const GATEWAY: Readonly<Record<number, string>> = {
  401: 'The gateway found no valid token.',
  429: 'The gateway got too many requests.',
  500: 'The function failed.',
  503: 'The function did not answer in time, or too many run.',
};

type AnyRoute = Route & { readonly name: DocumentedName };

/** All answers of a route, by status. */
export const answersOf = (route: AnyRoute): Record<string, object> => ({
  ...successes(route.name),
  ...failures(route),
});

function successes(name: DocumentedName): Record<string, object> {
  const texts = operations[name].answers;
  if (name === 'hit') {
    return { 302: { description: texts[302], ...withHeaders('Location', 'Set-Cookie') } };
  }
  const { answers } = definitions[name];
  assertKnown(name, texts, answers);
  return Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => {
      const whose = `${status} of ${name}`;
      return [
        status,
        {
          description: describe(whose, texts[Number(status)]),
          ...(hasCookie(schema) && withHeaders('Set-Cookie')),
          content: { 'application/json': { schema: referenceTo(schema, whose) } },
        },
      ];
    }),
  );
}

/** Whether an answer can set the cookie with the session. */
const hasCookie = (schema: v.GenericSchema): boolean =>
  schema === components.Session || schema === components.Arrival;

function failures(route: AnyRoute): Record<string, object> {
  const { name, auth } = route;
  const codes = [...new Set(problemsOf(route, definitions[name]))].toSorted();
  const byGateway = new Set([...(auth === 'user' ? [401] : []), 429, 500, 503]);
  const statuses = new Set([...byGateway, ...codes.map((code) => STATUS[code])]);
  return Object.fromEntries(
    [...statuses].map((status) => {
      const possible = codes.filter((code) => STATUS[code] === status);
      return [status, failure(name, status, possible, byGateway.has(status))];
    }),
  );
}

function failure(
  name: DocumentedName,
  status: number,
  codes: readonly ProblemCode[],
  byGateway: boolean,
) {
  const when = [
    ...codes.map((code) => `\`${code}\`: ${reasons[code]}`),
    ...(byGateway ? [GATEWAY[status]] : []),
  ];
  return {
    description: when.length === 1 ? when[0] : when.map((line) => `- ${line}`).join('\n'),
    ...HEADERS[status],
    content: {
      ...(codes.length > 0 && {
        'application/problem+json': {
          schema: {
            allOf: [
              referenceTo(components.Problem, 'A problem'),
              { properties: { code: { enum: codes } } },
            ],
          },
        },
      }),
      ...(byGateway && {
        'application/json': { schema: referenceTo(components.GatewayProblem, 'The gateway') },
      }),
      // A browser that opens a link gets a page.
      ...(name === 'hit' && status === 404 && { 'text/html': { schema: { type: 'string' } } }),
    },
  };
}

/** Of the answers with a status, the one that most routes have becomes a component, named by the status. */
export function sharedAnswers(all: readonly Readonly<Record<string, object>>[]) {
  const responses: Record<string, object> = {};
  const references = new Map<string, object>();
  for (const status of new Set(all.flatMap((answers) => Object.keys(answers)))) {
    const texts = all.flatMap((answers) => (status in answers ? [textOf(answers[status])] : []));
    const [most] = [...Map.groupBy(texts, (text) => text)].toSorted(
      ([, one], [, other]) => other.length - one.length,
    );
    if (most === undefined || most[1].length < 2) continue;
    const name = STATUS_CODES[status]?.replaceAll(/\W/g, '') ?? status;
    responses[name] = JSON.parse(most[0]);
    references.set(most[0], { $ref: `#/components/responses/${name}` });
  }
  return {
    responses,
    /** An answer, or a reference to it if it is a component. */
    shared: (answer: object) => references.get(textOf(answer)) ?? answer,
  };
}

const textOf = (answer: object | undefined): string => JSON.stringify(answer);
