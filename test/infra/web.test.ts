import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

/** The size of a module as an app's bundler ships it; bytes, compressed. */
async function shippedSize(module: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [module],
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  });
  return gzipSync(outputFiles[0]?.contents ?? '').length;
}

test('the client costs a page 6 KB at most', async () => {
  expect(await shippedSize('dist/web/client/index.js')).toBeLessThanOrEqual(6 * 1024);
});
