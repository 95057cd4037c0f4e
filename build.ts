import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { build } from 'esbuild';
import { bundling } from './bundling.ts';
import { functionNames } from './functions/manifest.ts';
import { bundleForLambda } from './functions/sdk-shortcuts/bundle.ts';

// What is in dist/ is what the package ships: constructs, bundles of the functions, the command.
rmSync('dist', { recursive: true, force: true });

await Promise.all(
  functionNames.map((name) =>
    bundleForLambda(`functions/${name}.ts`, `dist/bundles/${name}`, 'index'),
  ),
);

await build({
  ...bundling,
  target: 'node20',
  entryPoints: ['cli/referrals.ts'],
  outfile: 'dist/cli/referrals.mjs',
  // Some of what it bundles is CommonJS, which asks for a require that ES modules lack.
  banner: {
    js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);",
  },
});

execFileSync('tsc', ['--project', 'tsconfig.build.json'], { stdio: 'inherit' });
