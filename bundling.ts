import type { BuildOptions, BuildResult } from 'esbuild';

/** How everything is bundled that Node runs. */
export const bundling = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  mainFields: ['module', 'main'],
  // The licences are in `dist/THIRD-PARTY-NOTICES.txt`.
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
} satisfies BuildOptions;

/** The source files of which something is in the bundles. */
export const bundledFiles = ({ metafile }: BuildResult<{ metafile: true }>): string[] =>
  Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((file) => Number(inputs[file]?.bytesInOutput) > 0),
  );
