import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Prerequisite {
  /** What people call it, and how to get it. */
  readonly name: string;
  /** A command that fails where it is missing. */
  readonly command: readonly [string, ...string[]];
  /** Whether what the command prints is good enough. */
  readonly suffices?: (printed: string) => boolean;
}

/**
 * Checks that this machine has what a test needs besides npm packages.
 *
 * @throws Error in one line that says what is missing and how to get it.
 */
export async function requireInstalled({ name, command, suffices }: Prerequisite): Promise<void> {
  const [program, ...parameters] = command;
  const printed = await run(program, parameters).catch(() => undefined);
  if (printed === undefined || suffices?.(printed.stdout) === false) {
    throw new Error(`Missing on this machine: ${name}.`);
  }
}
