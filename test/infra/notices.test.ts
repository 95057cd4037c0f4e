import { globSync, readFileSync } from 'node:fs';
import { isBuiltin, stripTypeScriptTypes } from 'node:module';
import { parse } from 'es-module-lexer/js';
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const entries = readFileSync('dist/THIRD-PARTY-NOTICES.txt', 'utf8')
  .split(`\n\n${'-'.repeat(80)}\n\n`)
  .slice(1)
  .map((entry) => {
    const [names = '', ...text] = entry.split('\n\n');
    const packages = names.split('\n').map((line) => /^(\S+) \S+ \((.*)\)$/.exec(line) ?? []);
    return { packages, text: text.join('\n\n') };
  });
const bundled = entries.flatMap(({ packages }) => packages.map(([, name]) => name));

/** The packages that source files import for more than types, without those that are installed with the package. */
function imported(pattern: string): string[] {
  const installed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  const specifiers = globSync(pattern, { exclude: ['**/bundle.ts'] }).flatMap((file) => {
    const [imports] = parse(stripTypeScriptTypes(readFileSync(file, 'utf8')));
    return imports.map(({ specifier }) => specifier ?? '.');
  });
  return specifiers
    .filter((specifier) => !specifier.startsWith('.') && !isBuiltin(specifier))
    .map((specifier) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '')
    .filter((name) => !installed.includes(name));
}

test.each(['functions/**/*.ts', 'cli/**/*.ts', 'lib/**/*.ts', 'web/**/*.ts'])(
  'the package has the notice of each package that %s imports',
  (pattern) => {
    const ours = new Set(imported(pattern));
    expect(ours).not.toEqual(new Set());
    expect(ours.difference(new Set(bundled))).toEqual(new Set());
  },
);

test('each notice has the text of a licence, with its author, and no licence asks for more than its notice', () => {
  const licences = new Set(entries.flatMap(({ packages }) => packages.map(([, , name]) => name)));
  expect(licences).toEqual(new Set(['MIT', 'MIT-0', 'Apache-2.0', 'Unlicense']));
  for (const { text } of entries) {
    expect(text).toMatch(/copyright|public domain/i);
    expect(text).not.toMatch(/<(year|copyright)/i);
  }
});
