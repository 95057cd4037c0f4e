import type { ApiRoute } from '../functions/http/route.ts';
import type { DocumentedRoute } from './operations.ts';

/** The definition of a route of the JSON API, see `functions/api/`. Its file has one export. */
export async function definitionOf(
  name: Exclude<DocumentedRoute['name'], 'hit'>,
): Promise<ApiRoute> {
  const [definition] = Object.values(await import(`../functions/api/${name}.ts`));
  return definition as ApiRoute;
}
