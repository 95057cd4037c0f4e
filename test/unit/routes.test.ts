import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { functionNames } from '../../functions/triggers.ts';

test('every function that is named is a file, and every handler is named', () => {
  for (const name of functionNames) expect(existsSync(`functions/${name}.ts`)).toBe(true);
  const files = readdirSync('functions').filter((name) => name.endsWith('.ts'));
  const plainData = ['environment.ts', 'hooks.ts', 'routes.ts', 'triggers.ts'];
  expect(new Set(files)).toEqual(
    new Set([...plainData, ...functionNames.map((name) => `${name}.ts`)]),
  );
});
