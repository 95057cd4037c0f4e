import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { type BuildOptions, build } from 'esbuild';
import { functionNames } from './functions/triggers.ts';

// What is in dist/ is what the package ships: constructs, bundles of the functions, the command.
rmSync('dist', { recursive: true, force: true });

const options: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  logLevel: 'warning',
};

await build({
  ...options,
  minify: true,
  entryPoints: functionNames.map((name) => ({ in: `functions/${name}.ts`, out: `${name}/index` })),
  outdir: 'dist/bundles',
  outExtension: { '.js': '.mjs' },
});

await build({
  ...options,
  target: 'node20',
  entryPoints: ['cli/referrals.ts'],
  outfile: 'dist/cli/referrals.mjs',
  // Some of what it bundles is CommonJS, which asks for a require that ES modules lack.
  banner: {
    js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);",
  },
});

execFileSync('tsc', ['--project', 'tsconfig.build.json'], { stdio: 'inherit' });
