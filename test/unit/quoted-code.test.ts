import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const documents = ['README.md', ...readdirSync('docs').map((name) => join('docs', name))];

/** The code that documents quote from files of the repository, each with its file. */
const quotes = documents.flatMap((document) =>
  [...readFileSync(document, 'utf8').matchAll(/^```ts (web\/\S+)\n(.*?)^```/gms)].map(
    ([, file = '', code = '']) => ({ document, file, code }),
  ),
);

test.each(quotes)('$document quotes $file as it is', ({ file, code }) => {
  expect(readFileSync(file, 'utf8')).toContain(code);
});
