import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'es-module-lexer/js';

const STATIC = ['static', 'reexport-star'];

/** The size of a bundle: the files that it loads at once, and all files including those it may load later. */
export const bundleSize = async (entry: string) => ({
  'loaded, KB': (await bytesOf(entry, STATIC)) / 1000,
  'all, KB': (await bytesOf(entry, [...STATIC, 'dynamic'])) / 1000,
});

/** Adds up a file and the files that it imports in one of these ways. */
async function bytesOf(
  file: string,
  ways: readonly string[],
  seen = new Set<string>(),
): Promise<number> {
  if (seen.has(file)) return 0;
  seen.add(file);
  const source = await readFile(file);
  let bytes = source.length;
  for (const { type, specifier } of parse(`${source}`)[0]) {
    // Imports that are not relative are Node's own modules.
    if (ways.includes(type) && specifier?.startsWith('.')) {
      bytes += await bytesOf(resolve(dirname(file), specifier), ways, seen);
    }
  }
  return bytes;
}
