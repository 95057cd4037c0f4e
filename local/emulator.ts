import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const START_TIMEOUT = 30_000;

/** A child process that listens on a port of this machine. */
export interface Emulator {
  readonly endpoint: string;
  /** Resolves with a sentence if the process ends by itself. */
  readonly died: Promise<string>;
  readonly stop: () => Promise<void>;
}

export interface EmulatorCommand {
  /** Name for people; also the name of its log. */
  readonly name: string;
  readonly command: string;
  readonly parameters: readonly string[];
  readonly port: number;
  readonly directory: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * Starts an emulator and waits until it listens. It ends with this process, however this process ends.
 *
 * @throws Error if it dies first, or does not listen within half a minute.
 */
export async function startEmulator(command: EmulatorCommand): Promise<Emulator> {
  const log = join(command.directory, `${command.name}.log`);
  const output = openSync(log, 'a');
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'tether.ts'), command.command, ...command.parameters],
    {
      cwd: command.directory,
      env: { ...process.env, ...command.variables },
      stdio: ['pipe', output, output],
      // Its own group: Ctrl-C reaches only this process, which then stops the child in order.
      detached: true,
    },
  );
  let stopping = false;
  const exited = once(child, 'exit');
  const died = new Promise<string>((resolve) => {
    child.once('exit', () => {
      if (!stopping) resolve(`${command.name} stopped unexpectedly. Its log is ${log}.`);
    });
  });
  await untilListening(command, child, log);
  return {
    endpoint: `http://127.0.0.1:${command.port}`,
    died,
    stop: async () => {
      stopping = true;
      child.stdin?.end();
      await exited;
    },
  };
}

async function untilListening({ name, port }: EmulatorCommand, child: ChildProcess, log: string) {
  for (const deadline = Date.now() + START_TIMEOUT; !(await accepts(port)); await delay(50)) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`${name} could not be started. Its log is ${log}.`);
    }
    if (Date.now() > deadline) throw new Error(`${name} does not answer. Its log is ${log}.`);
  }
}

/** Whether anything listens on a port of this machine. */
export const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
