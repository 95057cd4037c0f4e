import type * as v from 'valibot';
import type { ErrorCode } from '../core/errors.ts';
import type { Store } from '../core/store.ts';
import type { Visitor } from '../core/visitor.ts';
import type { RouteName, RouteNamed } from '../routes.ts';
import type { FunctionServices } from '../setup/compose.ts';
import type { HttpEvent } from './http-handler.ts';

/** A schema whose fields have names. */
type ObjectSchema = v.GenericSchema & { readonly entries: v.ObjectEntries };

/** Schemas for the parts of a request that a route reads. */
export interface InputSchemas {
  readonly path?: ObjectSchema;
  readonly query?: ObjectSchema;
  /** Headers in their usual spelling, which errors repeat. */
  readonly headers?: ObjectSchema;
  readonly body?: v.GenericSchema;
}

/** Schemas for a route's answers, by status. */
export type AnswerSchemas = Readonly<Record<number, v.GenericSchema>>;

/** Services with only the store methods that the table of routes lets a route use. */
export type ServicesOf<Name extends RouteName> = Omit<FunctionServices, 'store'> & {
  readonly store: Pick<Store, RouteNamed<Name>['store'][number]>;
};

type UserIdOf<Name extends RouteName> = RouteNamed<Name>['auth'] extends 'user'
  ? string
  : string | undefined;

/** A request after it was read. From here on, everything that a client sent is checked. */
export interface ApiRequest<Name extends RouteName, Input> {
  readonly event: HttpEvent;
  readonly input: Input;
  readonly services: ServicesOf<Name>;
  readonly userId: UserIdOf<Name>;
  /** Claims of the user's token; none without a token. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** The genuine session of the request. */
  readonly session: string | undefined;
  /** The user, or else the session; undefined if the request has neither. */
  readonly visitor: Visitor | undefined;
  /** The number of responses that this request linked to its user; rejects if it failed. */
  readonly linked: Promise<number>;
}

/** The answer of a route. */
export interface ApiAnswer {
  readonly status: number;
  /** Sent as JSON. */
  readonly body: unknown;
  /** Values of `Set-Cookie`. */
  readonly cookies?: readonly string[];
}

/** A route of the JSON API. */
export interface ApiRoute<Name extends RouteName = RouteName> {
  readonly input: InputSchemas;
  readonly answers: AnswerSchemas;
  /** Errors of the route's own, besides those that follow from its input and its caller. For the contract. */
  readonly errors?: readonly ErrorCode[];
  /** An example of the body, if the route takes one. */
  readonly example?: unknown;
  // biome-ignore lint/suspicious/noExplicitAny: the route's own schemas give the input its type
  handle(request: ApiRequest<Name, any>): Promise<ApiAnswer>;
}

type InputOf<Schemas extends InputSchemas> = {
  readonly [Part in keyof Schemas]: Schemas[Part] extends v.GenericSchema
    ? v.InferOutput<Schemas[Part]>
    : undefined;
};

type AnswerOf<Schemas extends AnswerSchemas> = {
  [Status in keyof Schemas & number]: {
    readonly status: Status;
    readonly body: v.InferInput<Schemas[Status]>;
    readonly cookies?: readonly string[];
  };
}[keyof Schemas & number];

/** An answer with its status. */
export const answer = <const Status extends number, Body>(
  status: Status,
  body: Body,
  cookies: readonly string[] = [],
) => ({ status, body, cookies });

/**
 * Defines a route of the table of routes: its input, its answers and its handler.
 *
 * @example
 * export const getReferral = apiRoute('get-referral', {
 *   input: { path: codePath },
 *   answers: { 200: ownersReferral },
 *   handle: async ({ services, userId, input }) => answer(200, …),
 * });
 */
export const apiRoute = <
  const Name extends RouteName,
  const Input extends InputSchemas,
  const Answers extends AnswerSchemas,
>(
  _name: Name,
  route: {
    readonly input: Input;
    readonly answers: Answers;
    readonly errors?: readonly ErrorCode[];
    readonly example?: Input extends { readonly body: v.GenericSchema }
      ? v.InferInput<Input['body']>
      : never;
    readonly handle: (request: ApiRequest<Name, InputOf<Input>>) => Promise<AnswerOf<Answers>>;
  },
): ApiRoute<Name> => route;
