import { execFile } from 'node:child_process';
import { cp, readFile, symlink } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const ROOT = resolve(import.meta.dirname, '..');

/** The functions as they are deployed. */
export interface Build {
  readonly name: string;
  /** Where each function has a directory with its bundle. */
  readonly bundles: string;
}

/** Builds what is here. */
export const buildHere = (directory: string): Promise<Build> => build('here', ROOT, directory);

/**
 * Builds what a git ref has.
 *
 * @throws Error where there is no such ref, or it can't be built.
 */
export async function buildRef(ref: string, directory: string): Promise<Build> {
  const tree = join(directory, 'tree');
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

/** Kept apart, because whoever builds the tree next removes what is there. */
async function build(name: string, tree: string, directory: string): Promise<Build> {
  const PATH = [join(tree, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  await run(process.execPath, ['build.ts'], { cwd: tree, env: { ...process.env, PATH } });
  const bundles = join(directory, `bundles-${name.replaceAll('/', '-')}`);
  await cp(join(tree, 'dist/bundles'), bundles, { recursive: true });
  return { name, bundles };
}

/** What git says, in one line. */
export async function git(...parameters: string[]): Promise<string> {
  const { stdout } = await run('git', parameters, { cwd: ROOT });
  return stdout.trim();
}

const lockFile = (tree: string): Promise<string> =>
  readFile(join(tree, 'package-lock.json'), 'utf8');
