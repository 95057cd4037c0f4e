import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { postConfirmation, routes } from '../../functions/routes.ts';

test('every function of the table of routes is a file, and every handler is in the table', () => {
  const named = new Set([...routes.map((route) => route.function), postConfirmation.function]);
  for (const name of named) expect(existsSync(`functions/${name}.ts`)).toBe(true);
  const files = readdirSync('functions').filter((name) => name.endsWith('.ts'));
  const plainData = ['environment.ts', 'routes.ts'];
  expect(new Set(files)).toEqual(
    new Set([...plainData, ...[...named].map((name) => `${name}.ts`)]),
  );
});
