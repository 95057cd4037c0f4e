import { cpSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { extname, join } from 'node:path';
import { parse } from 'es-module-lexer/js';
import { environment as env } from '../functions/environment.ts';
import { hookNames } from '../functions/hooks.ts';

const FILE = 'hooks.mjs';

/**
 * The app's hooks module, checked and ready to ship with a function.
 *
 * @throws Error in one sentence if the file does not exist, exports no hook, or imports a module that is
 *   missing in Lambda.
 */
export class HooksModule {
  /** Variable that tells a function that it has hooks. */
  readonly environment = { [env.hooks]: `./${FILE}` };
  readonly #source: string;

  constructor(path: string) {
    if (!existsSync(path)) throw new Error(`hooks: there is no file ${path}.`);
    this.#source = javaScriptOf(path);
    const [imports, exports] = parse(this.#source);
    const known: readonly string[] = hookNames;
    if (!exports.some((exported) => 'name' in exported && known.includes(exported.name))) {
      throw new Error(`hooks: ${path} must export at least one of ${hookNames.join(', ')}.`);
    }
    const foreign = imports
      .map(({ specifier }) => specifier)
      .find((specifier) => specifier && !nodeModule.isBuiltin(specifier));
    if (foreign) {
      throw new Error(
        `hooks: ${path} imports ${foreign}, which Lambda would not find; bundle it into one file first.`,
      );
    }
  }

  /** Copies a bundle into a new directory and adds the hooks. */
  addTo(bundle: string, outputDirectory: string): string {
    const directory = mkdtempSync(join(outputDirectory, 'hooks-'));
    cpSync(bundle, directory, { recursive: true });
    writeFileSync(join(directory, FILE), this.#source);
    return directory;
  }
}

function javaScriptOf(path: string): string {
  const source = readFileSync(path, 'utf8');
  if (extname(path) !== '.ts' && extname(path) !== '.mts') return source;
  // Node has it since 22.13.
  if (nodeModule.stripTypeScriptTypes === undefined) {
    throw new Error(
      `hooks: ${path} is TypeScript, which this Node can't read; use Node 24 or an .mjs file.`,
    );
  }
  return nodeModule.stripTypeScriptTypes(source);
}
