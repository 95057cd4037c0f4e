import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
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

/**
 * Has bundles take `http` as Lambda's runtime loaded it, by `require`
 * (https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/RAPIDClient.js). To
 * import it reads everything that it exports, and among that is a WebSocket, for which Node loads undici.
 */
const loadedHttp: Plugin = {
  name: 'loaded-http',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?https?$/ }, ({ path }) => ({ path, namespace: 'loaded' }));
    onLoad({ filter: /.*/, namespace: 'loaded' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}');`,
    }));
  },
};

/** One by one, so that what a function loads only when it needs it is a file of its own beside it. */
const bundle = (name: string) =>
  build({
    ...options,
    minify: true,
    splitting: true,
    entryPoints: [{ in: `functions/${name}.ts`, out: 'index' }],
    outdir: `dist/bundles/${name}`,
    outExtension: { '.js': '.mjs' },
    // Lambda has credentials in the environment, and the other providers are a sixth of all that is loaded.
    alias: { '@aws-sdk/credential-provider-node': resolve('functions/edge/lambda-credentials.ts') },
    plugins: [loadedHttp],
  });
await Promise.all(functionNames.map(bundle));

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
