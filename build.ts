import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { bundledFiles, bundling } from './bundling.ts';
import { functionNames } from './functions/manifest.ts';
import { bundleForLambda } from './functions/sdk-shortcuts/bundle.ts';
import { noticesOf } from './notices.ts';
import manifest from './package.json' with { type: 'json' };
import { buildServedFiles, buildSnippet } from './served-files.ts';

// What is in dist/ is what the package ships: constructs, bundles of the functions, the command, the snippet.
rmSync('dist', { recursive: true, force: true });

const functions = await Promise.all(
  functionNames.map((name) =>
    bundleForLambda(`functions/${name}.ts`, `dist/bundles/${name}`, 'index'),
  ),
);
buildServedFiles('dist/bundles/files');

const command = await build({
  ...bundling,
  target: 'node20',
  entryPoints: ['cli/referrals.ts'],
  outfile: 'dist/cli/referrals.mjs',
  // Some of what it bundles is CommonJS, which asks for a require that ES modules lack.
  banner: {
    js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);",
  },
});

// CommonJS, which `require`, `import`, jest and ts-node all take.
const constructs = await build({
  ...bundling,
  format: 'cjs',
  target: 'node20',
  entryPoints: ['lib/index.ts'],
  outfile: 'dist/lib/index.js',
  external: Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
  define: { 'import.meta.url': '__filename' },
});
writeFileSync('dist/package.json', JSON.stringify({ type: 'commonjs' }));
execFileSync('tsc', ['--project', 'tsconfig.build.json'], { stdio: 'inherit' });

buildSnippet('dist/web/snippet');
writeFileSync('dist/web/snippet/package.json', JSON.stringify({ type: 'module' }));
const types = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', 'dist'];
execFileSync('tsc', ['--project', 'tsconfig.web.json', ...types], { stdio: 'inherit' });

const files = [...functions.flat(), ...bundledFiles(command), ...bundledFiles(constructs)];
writeFileSync('dist/THIRD-PARTY-NOTICES.txt', noticesOf(files));
