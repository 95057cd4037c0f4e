import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { bundling } from './bundling.ts';
import { functionNames } from './functions/manifest.ts';

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

/** The SDK looks for eight settings, one by one, in files that Lambda has not: 4 % of a cold start. */
const noConfigFiles: Plugin = {
  name: 'no-config-files',
  setup({ onResolve }) {
    const path = resolve('functions/bundled/shared-config-files.ts');
    onResolve({ filter: /\/loadSharedConfigFiles$/ }, () => ({ path }));
  },
};

/**
 * Has each module that is imported only when it is needed be a file of its own, with a copy of all that it needs.
 * So what is loaded at once is one file with nothing in it for the others: 6 % of a click's cold start against
 * files that share. A copy has classes of its own, so that neither may know the other's by `instanceof`.
 */
const ownFiles = (modules: Map<string, string>): Plugin => ({
  name: 'own-files',
  setup({ onResolve, resolve: resolvePath }) {
    onResolve({ filter: /./ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (kind !== 'dynamic-import' || pluginData === 'resolved') return undefined;
      const found = await resolvePath(path, { kind, resolveDir, pluginData: 'resolved' });
      if (found.errors.length > 0) return { errors: found.errors };
      const name = relative('.', found.path).replace(/\W+/g, '-');
      modules.set(name, found.path);
      return { path: `./${name}.mjs`, external: true };
    });
  },
});

/** Bundles a module for Lambda into a directory, and what it imports later beside it. */
async function bundle(module: string, directory: string, name: string): Promise<void> {
  const later = new Map<string, string>();
  await build({
    ...bundling,
    minify: true,
    entryPoints: [{ in: module, out: name }],
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    alias: {
      // Lambda has credentials in the environment, and the other providers are a tenth of all that is loaded.
      '@aws-sdk/credential-provider-node': resolve('functions/bundled/credential-provider-node.ts'),
      // The SDK's cache of discovered endpoints, and ours, can be of one kind.
      'mnemonist/lru-cache': resolve('functions/bundled/lru-cache.ts'),
    },
    plugins: [builtinModules, noConfigFiles, ownFiles(later)],
  });
  for (const [file, path] of later) await bundle(path, directory, file);
}

await Promise.all(
  functionNames.map((name) => bundle(`functions/${name}.ts`, `dist/bundles/${name}`, 'index')),
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
