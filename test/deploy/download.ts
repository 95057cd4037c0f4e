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
  /** The file that pins the versions; when it changes, the download is made anew. */
  readonly pins: string;
  /** What the commands need. */
  readonly needs: Prerequisite;
  /** Commands that fill a directory. */
  readonly commands: (directory: string) => readonly (readonly [string, ...string[]])[];
}

/**
 * Downloads what npm has not, once.
 *
 * @returns the directory that holds it.
 * @throws Error in one line where what it needs is missing.
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
  // Filled beside its place and then moved there, so that nobody ever finds half of it.
  const filling = await mkdtemp(join(parent, 'filling-'));
  try {
    for (const [program, ...parameters] of commands(filling)) await run(program, parameters);
    await rename(filling, directory).catch(async (error: unknown) => {
      // Another run was first.
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
