import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'es-module-lexer/js';

/** Bytes of a bundle. */
export interface BundleSize {
  /** What is loaded before anything is asked for. */
  readonly loaded: number;
  /** With what is loaded only where it is needed. */
  readonly all: number;
}

/** Measures a bundle by what its files import, from the first one on. */
export async function bundleSize(entry: string): Promise<BundleSize> {
  return {
    loaded: await sizeOf(entry, ['static', 'reexport-star'], new Set()),
    all: await sizeOf(entry, ['static', 'reexport-star', 'dynamic'], new Set()),
  };
}

async function sizeOf(file: string, types: readonly string[], seen: Set<string>): Promise<number> {
  if (seen.has(file)) return 0;
  seen.add(file);
  const source = await readFile(file);
  const [imports] = parse(`${source}`);
  let size = source.length;
  for (const { type, specifier } of imports) {
    // The others are Node's own.
    if (types.includes(type) && specifier?.startsWith('.')) {
      size += await sizeOf(resolve(dirname(file), specifier), types, seen);
    }
  }
  return size;
}
