import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Prerequisite, requireInstalled } from './prerequisite.ts';

const CACHE = resolve(import.meta.dirname, '../../node_modules/.cache/cdk-referrals');

const run = promisify(execFile);

export interface Download {
  /** Folder of the cache. */
  readonly name: string;
  /** The file that pins the versions. If it changes, the download is repeated. */
  readonly pins: string;
  /** The prerequisite of the commands. */
  readonly needs: Prerequisite;
  /** Commands that fill a directory. */
  readonly commands: (directory: string) => readonly (readonly [string, ...string[]])[];
}

/**
 * Downloads software that npm does not have, once.
 *
 * @returns the directory with the download.
 * @throws Error in one line if its prerequisite is missing.
 */
export async function download({ name, pins, needs, commands }: Download): Promise<string> {
  const version = createHash('sha256')
    .update(await readFile(pins))
    .digest('hex')
    .slice(0, 12);
  const parent = join(CACHE, name);
  const directory = join(parent, version);
  if (await exists(directory)) return directory;
  await requireInstalled(needs);
  await mkdir(parent, { recursive: true });
  // Fills another directory and then moves it, so that nobody finds half of the download.
  const filling = await mkdtemp(join(parent, 'filling-'));
  try {
    for (const [program, ...parameters] of commands(filling)) await run(program, parameters);
    await rename(filling, directory).catch(async (error: unknown) => {
      // Another run was faster.
      if (!(await exists(directory))) throw error;
    });
  } finally {
    await rm(filling, { recursive: true, force: true });
  }
  return directory;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
