import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'es-module-lexer/js';

const STATIC = ['static', 'reexport-star'];

/** Bytes of a bundle: the files that it loads at once, and all files including those it may load later. */
export const bundleSize = async (entry: string) => ({
  loaded: await sizeOf(entry, STATIC),
  all: await sizeOf(entry, [...STATIC, 'dynamic']),
});

/** Adds up a file and the files that it imports in one of these ways. */
async function sizeOf(
  file: string,
  ways: readonly string[],
  seen = new Set<string>(),
): Promise<number> {
  if (seen.has(file)) return 0;
  seen.add(file);
  const source = await readFile(file);
  let size = source.length;
  for (const { type, specifier } of parse(`${source}`)[0]) {
    // Imports that are not relative are Node's own modules.
    if (ways.includes(type) && specifier?.startsWith('.')) {
      size += await sizeOf(resolve(dirname(file), specifier), ways, seen);
    }
  }
  return size;
}
