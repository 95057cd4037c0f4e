import * as v from 'valibot';
import { codePath } from '../functions/http/referrals.ts';
import type { ApiRoute } from '../functions/http/route.ts';
import { type DocumentedName, documentedRoutes } from './operations.ts';

/** As much of a route's definition as the document shows. */
export type Definition = Pick<ApiRoute, 'input' | 'answers' | 'errors' | 'example'>;

/** The definition of a route of the JSON API, see `functions/api/`. Its file has one export. */
export async function definitionOf(name: string): Promise<ApiRoute> {
  const [definition] = Object.values(await import(`../functions/api/${name}.ts`));
  return definition as ApiRoute;
}

/** `hit` reads its request by itself, and redirects. */
const hit: Definition = {
  input: { path: codePath, query: v.object({ redirect_to: v.exactOptional(v.string()) }) },
  answers: {},
};

/** The definition of each route, by its name. */
export const definitions = Object.fromEntries(
  await Promise.all(
    documentedRoutes.map(async ({ name }) => [
      name,
      name === 'hit' ? hit : await definitionOf(name),
    ]),
  ),
) as Readonly<Record<DocumentedName, Definition>>;
