import type { ApiRoute } from '../functions/http/route.ts';
import type { RouteName } from '../functions/routes.ts';

/** The definition of a route of the JSON API, see `functions/api/`. Its file has one export. */
export async function definitionOf(name: Exclude<RouteName, 'hit'>): Promise<ApiRoute> {
  const [definition] = Object.values(await import(`../functions/api/${name}.ts`));
  return definition as ApiRoute;
}
