import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { bundledFiles, bundling } from './bundling.ts';
import { functionNames } from './functions/manifest.ts';
import { bundleForLambda } from './functions/sdk-shortcuts/bundle.ts';
import { noticesOf } from './notices.ts';
import manifest from './package.json' with { type: 'json' };
import { buildServedFiles, buildSnippet } from './served-files.ts';

// What is in dist/ is what the package ships: constructs, bundles of the functions, the command, what apps load.
rmSync('dist', { recursive: true, force: true });

const functions = await Promise.all(
  functionNames.map((name) =>
    bundleForLambda(`functions/${name}.ts`, `dist/bundles/${name}`, 'index'),
  ),
);
await buildServedFiles('dist/bundles/files');

const command = await build({
  ...bundling,
  target: 'node20',
  entryPoints: ['cli/referrals.ts'],
  outdir: 'dist/cli',
  outExtension: { '.js': '.mjs' },
  // What only one command needs is loaded by that command.
  splitting: true,
  // A megabyte that describes the browser's protocol. The browser describes it, too.
  external: ['*/protocol.json'],
  // Some of what it bundles is CommonJS, which asks for a require that ES modules lack.
  banner: {
    js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);",
  },
});

/** Bundles a module for apps: as CommonJS, which `require`, `import`, jest and ts-node all take. */
const bundleForApps = (folder: string) =>
  build({
    ...bundling,
    format: 'cjs',
    target: 'node20',
    entryPoints: [`${folder}/index.ts`],
    outfile: `dist/${folder}/index.js`,
    external: Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
    // jest takes no import at run time.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__filename' },
  });
const constructs = await bundleForApps('lib');
const backend = await bundleForApps('web/backend');

// An ES module, which browsers and their bundlers take.
const client = await build({
  ...bundling,
  platform: 'browser',
  target: 'es2022',
  entryPoints: ['web/client/index.ts'],
  outfile: 'dist/web/client/index.js',
});
writeFileSync('dist/package.json', JSON.stringify({ type: 'commonjs' }));
writeFileSync('dist/web/client/package.json', JSON.stringify({ type: 'module' }));
execFileSync('tsc', ['--project', 'tsconfig.build.json'], { stdio: 'inherit' });

await buildSnippet('dist/web/snippet');
writeFileSync('dist/web/snippet/package.json', JSON.stringify({ type: 'module' }));
const types = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', 'dist'];
execFileSync('tsc', ['--project', 'tsconfig.snippet.json', ...types], { stdio: 'inherit' });

const bundles = [command, constructs, backend, client];
const files = [...functions.flat(), ...bundles.flatMap(bundledFiles)];
writeFileSync('dist/THIRD-PARTY-NOTICES.txt', noticesOf(files));
