import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, readFile, symlink } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build as bundle } from 'esbuild';
import { bundling } from '../bundling.ts';

const run = promisify(execFile);

const ROOT = resolve(import.meta.dirname, '..');

/** Bundled functions. */
export interface Build {
  readonly name: string;
  /** Has a directory for each function. */
  readonly directory: string;
}

/** The path of a function's bundle. */
export const bundleOf = ({ directory }: Build, name: string): string =>
  join(directory, name, 'index.mjs');

/** A git ref may have other functions than the working tree. */
export const hasFunction = (build: Build, name: string): boolean =>
  existsSync(bundleOf(build, name));

/** Builds the working tree. */
export const buildHere = (directory: string): Promise<Build> => build('here', ROOT, directory);

/**
 * Builds a git ref.
 *
 * @throws Error if the ref does not exist or does not build.
 */
export async function buildRef(ref: string, directory: string): Promise<Build> {
  const tree = join(directory, 'tree');
  // Forgets the tree of a run that was interrupted.
  await git('worktree', 'prune');
  await git('worktree', 'add', '--detach', tree, ref);
  try {
    const [here, there] = await Promise.all([ROOT, tree].map(lockFile));
    if (here === there) await symlink(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
    else await run('npm', ['ci'], { cwd: tree });
    return await build(ref, tree, directory);
  } finally {
    await git('worktree', 'remove', '--force', tree);
  }
}

/** Copies the bundles, because the next build of the tree removes them. */
async function build(name: string, tree: string, parent: string): Promise<Build> {
  const PATH = [join(tree, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  await run(process.execPath, ['build.ts'], { cwd: tree, env: { ...process.env, PATH } });
  const directory = join(parent, `bundles-${name.replaceAll('/', '-')}`);
  await cp(join(tree, 'dist/bundles'), directory, { recursive: true });
  return { name, directory };
}

/** Bundles `lambda/` with the options of `build.ts`, but without its plugins that make bundles smaller. */
export async function buildFloor(parent: string): Promise<Build> {
  const directory = join(parent, 'floor');
  await bundle({
    ...bundling,
    minify: true,
    entryPoints: ['bare', 'empty', 'instance'].map((name) => ({
      in: join(import.meta.dirname, 'lambda', `${name}.ts`),
      out: `${name}/index`,
    })),
    outdir: directory,
    outExtension: { '.js': '.mjs' },
  });
  return { name: 'floor', directory };
}

/** Runs git and returns its output. */
export async function git(...parameters: string[]): Promise<string> {
  const { stdout } = await run('git', parameters, { cwd: ROOT });
  return stdout.trim();
}

const lockFile = (tree: string): Promise<string> =>
  readFile(join(tree, 'package-lock.json'), 'utf8');
