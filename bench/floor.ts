import { join } from 'node:path';
import { build } from 'esbuild';
import { bundling } from '../bundling.ts';

/** What the functions are measured against, and what measures them. */
export interface Floor {
  /** Bundle of a handler that does one put with the bare client. */
  readonly bare: string;
  /** Bundle of a handler that does nothing. */
  readonly empty: string;
  /** The program that stands in for Lambda. */
  readonly instance: string;
}

/** Bundles `lambda/`, with the options of `build.ts` but without what that does to load less. */
export async function bundleFloor(directory: string): Promise<Floor> {
  const outdir = join(directory, 'floor');
  await build({
    ...bundling,
    minify: true,
    entryPoints: ['bare', 'empty', 'instance'].map((name) =>
      join(import.meta.dirname, 'lambda', `${name}.ts`),
    ),
    outdir,
    outExtension: { '.js': '.mjs' },
  });
  return {
    bare: join(outdir, 'bare.mjs'),
    empty: join(outdir, 'empty.mjs'),
    instance: join(outdir, 'instance.mjs'),
  };
}
