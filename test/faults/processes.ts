import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

export interface ProcessOptions {
  /** Its name, for people. */
  readonly name: string;
  /** Node by default. */
  readonly command?: string;
  readonly parameters: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  /** The text that it prints when it is ready. */
  readonly ready: string;
}

/** A process that can be killed at any moment and started again. */
export interface Process {
  readonly name: string;
  /** All its output so far, from every start. */
  readonly printed: () => string;
  /** The output of each run that ended by itself, which should not happen. */
  readonly crashes: readonly string[];
  /**
   * Starts it unless it runs, and waits until it is ready or killed.
   *
   * @throws Error with its output if it ends by itself before that.
   */
  readonly start: () => Promise<void>;
  /** Ends it with SIGKILL, as a power failure would. */
  readonly kill: () => Promise<void>;
}

interface Life {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  wasKilled: boolean;
}

const TETHER = resolve(import.meta.dirname, '../../local/tether.ts');

const lives = new Set<Life>();

/** Ends all of them, even if tests failed. */
export function killProcesses(): void {
  for (const life of lives) killGroup(life);
}

/** Starts a process and waits until it is ready. It ends when this process ends, for whatever reason. */
export async function startProcess(options: ProcessOptions): Promise<Process> {
  const { name, command = process.execPath, parameters, variables, ready } = options;
  const crashes: string[] = [];
  let printed = '';
  let life: Life | undefined;

  function begin(): Life {
    const child = spawn(process.execPath, [TETHER, command, ...parameters], {
      env: { ...process.env, ...variables },
      stdio: ['pipe', 'pipe', 'pipe'],
      // Its own group, so that one kill ends both the tether and the process behind it.
      detached: true,
    });
    const isReady = Promise.withResolvers<void>();
    const begun: Life = { child, ready: isReady.promise, wasKilled: false };
    let words = '';
    const collect = (chunk: Buffer) => {
      words += chunk;
      printed += chunk;
      if (words.includes(ready)) isReady.resolve();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    // Does not use `exit`: the process behind the tether has ended only when the pipes are closed.
    child.once('close', () => {
      lives.delete(begun);
      if (life === begun) life = undefined;
      if (begun.wasKilled) return isReady.resolve();
      crashes.push(words);
      isReady.reject(new Error(`${name} ended. It printed: ${words}`));
    });
    lives.add(begun);
    return begun;
  }

  const described: Process = {
    name,
    printed: () => printed,
    crashes,
    start: () => {
      life ??= begin();
      return life.ready;
    },
    kill: async () => {
      if (life === undefined) return;
      const closed = once(life.child, 'close');
      killGroup(life);
      await closed;
    },
  };
  await described.start();
  return described;
}

function killGroup(life: Life): void {
  life.wasKilled = true;
  try {
    process.kill(-(life.child.pid as number), 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
