import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/** How everything is bundled that a page loads. */
const forPages = {
  bundle: true,
  minify: true,
  target: 'es2021',
  // Without `strict` of the project's own, which would put a line into the script.
  tsconfigRaw: '{}',
  logLevel: 'warning',
} as const;

const source = (...path: string[]) => join(import.meta.dirname, ...path);

/** Makes the files that the function `files` serves. */
export async function buildServedFiles(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await build({
    ...forPages,
    format: 'iife',
    entryPoints: [source('web/snippet/script.ts')],
    outfile: join(directory, 'referrals.js'),
  });
  await copyFile(source('docs/openapi.json'), join(directory, 'openapi.json'));
}

/** Makes the snippet as a module. */
export const buildSnippet = (directory: string) =>
  build({
    ...forPages,
    format: 'esm',
    entryPoints: [source('web/snippet/snippet.ts')],
    outdir: directory,
  });
