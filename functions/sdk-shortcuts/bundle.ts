import { isBuiltin } from 'node:module';
import { join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { bundledFiles, bundling } from '../../bundling.ts';

const shortcut = (name: string) => join(import.meta.dirname, `${name}.ts`);

/**
 * Bundles a module for Lambda into a directory, and the modules that it imports later beside it.
 *
 * @returns the source files of which something is in the bundles.
 */
export async function bundleForLambda(
  module: string,
  directory: string,
  name: string,
): Promise<string[]> {
  const later = new Map<string, string>();
  const result = await build({
    ...bundling,
    minify: true,
    entryPoints: [{ in: module, out: name }],
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    alias: {
      '@aws-sdk/credential-provider-node': shortcut('credential-provider-node'),
      'mnemonist/lru-cache': shortcut('lru-cache'),
    },
    plugins: [requiredBuiltins, noConfigFiles, ownFiles(later)],
  });
  const files = bundledFiles(result);
  for (const [file, path] of later) files.push(...(await bundleForLambda(path, directory, file)));
  return files;
}

/** Loads Node's modules as `require` would, and reads only the names of them that are imported. */
const requiredBuiltins: Plugin = {
  name: 'required-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /.*/ }, ({ path, kind }) => {
      if (!isBuiltin(path)) return undefined;
      return { path, namespace: kind === 'import-statement' ? 'imported' : 'required' };
    });
    onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}');`,
    }));
    onLoad({ filter: /.*/, namespace: 'imported' }, ({ path }) => ({
      contents: [
        `const builtin = /* @__PURE__ */ process.getBuiltinModule('${path}');`,
        'export default builtin;',
        ...Object.keys(process.getBuiltinModule(path) ?? {})
          .filter((name) => name !== 'default')
          .map((name) => `export const ${name} = /* @__PURE__ */ (() => builtin.${name})();`),
      ].join('\n'),
    }));
  },
};

const noConfigFiles: Plugin = {
  name: 'no-config-files',
  setup({ onResolve }) {
    const path = shortcut('shared-config-files');
    onResolve({ filter: /\/loadSharedConfigFiles$/ }, () => ({ path }));
  },
};

/** Makes a separate file for each module that is imported later, with a copy of everything it needs. */
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
