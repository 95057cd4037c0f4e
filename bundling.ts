import type { BuildOptions } from 'esbuild';

/** How everything is bundled that Node runs. */
export const bundling: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  logLevel: 'warning',
};
