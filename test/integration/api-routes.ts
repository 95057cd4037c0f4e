import { definitionOf } from '../../contract/definitions.ts';
import { routes } from '../../functions/routes.ts';

/** A route of the JSON API, in the form that tests call. */
export interface CallableRoute {
  readonly name: string;
  /** Such as `GET /referrals/some-code`. */
  readonly route: string;
  readonly auth: 'user' | 'optional' | 'none';
  /** Whether it takes a body, and an example of one. */
  readonly hasBody: boolean;
  readonly example: unknown;
}

/** Every route of the JSON API, so that a new one is tested with the others. */
export const apiRoutes: readonly CallableRoute[] = await Promise.all(
  routes
    .filter(({ name }) => name !== 'hit' && name !== 'files')
    .map(async ({ name, method, path, auth }) => {
      const { input, example } = await definitionOf(name);
      const route = `${method} ${path.replace('{code}', 'some-code')}`;
      return { name, route, auth, hasBody: input.body !== undefined, example };
    }),
);

/** Routes that only users may call. */
export const userRoutes = apiRoutes.filter(({ auth }) => auth === 'user');
