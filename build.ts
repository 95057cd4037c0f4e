import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { bundling } from './bundling.ts';
import { functionNames } from './functions/triggers.ts';

// What is in dist/ is what the package ships: constructs, bundles of the functions, the command.
rmSync('dist', { recursive: true, force: true });

/**
 * Has bundles take Node's modules as they are, as `require` would. To import one reads everything that it
 * exports, and Node then loads undici for the WebSocket of `http`. Lambda's runtime requires `http` and does
 * not import it:
 * https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/RAPIDClient.js
 */
const builtinModules: Plugin = {
  name: 'builtin-modules',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /.*/ }, ({ path }) =>
      isBuiltin(path) ? { path, namespace: 'builtin' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}');`,
    }));
  },
};

/** The SDK looks for eight settings, one by one, in files that Lambda has not: 3 % of a click's cold start. */
const noConfigFiles: Plugin = {
  name: 'no-config-files',
  setup({ onResolve }) {
    const path = resolve('functions/bundled/shared-config-files.ts');
    onResolve({ filter: /\/loadSharedConfigFiles$/ }, () => ({ path }));
  },
};

/** One by one, so that what a function loads only when it needs it is a file of its own beside it. */
const bundle = (name: string) =>
  build({
    ...bundling,
    minify: true,
    splitting: true,
    entryPoints: [{ in: `functions/${name}.ts`, out: 'index' }],
    outdir: `dist/bundles/${name}`,
    outExtension: { '.js': '.mjs' },
    alias: {
      // Lambda has credentials in the environment, and the other providers are a tenth of all that is loaded.
      '@aws-sdk/credential-provider-node': resolve('functions/bundled/credential-provider-node.ts'),
      // The SDK's cache of discovered endpoints, and ours, can be of one kind.
      'mnemonist/lru-cache': resolve('functions/bundled/lru-cache.ts'),
    },
    plugins: [builtinModules, noConfigFiles],
    // No function asks for a stream of events; what reads them has everyone load zlib: 2 % of a cold start.
    external: ['@smithy/core/event-streams'],
  });
await Promise.all(functionNames.map(bundle));

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
