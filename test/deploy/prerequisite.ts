import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Prerequisite {
  /** Its name for people, and how to get it. */
  readonly name: string;
  /** A command that fails if it is missing. */
  readonly command: readonly [string, ...string[]];
  /** Whether the command's output shows a version that is good enough. */
  readonly suffices?: (printed: string) => boolean;
}

/**
 * Checks that this machine has a prerequisite that npm does not have.
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
