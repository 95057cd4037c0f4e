import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

export interface ProcessOptions {
  /** What people call it. */
  readonly name: string;
  /** Node, where it is left out. */
  readonly command?: string;
  readonly parameters: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  /** What it prints when it is ready. */
  readonly ready: string;
}

/** A process that can be killed at any moment and started again. */
export interface Process {
  readonly name: string;
  /** Everything it printed so far, over all its lives. */
  readonly printed: () => string;
  /** What it printed in each life that it ended by itself, which it should not. */
  readonly crashes: readonly string[];
  /**
   * Starts it where it does not run, and waits until it is ready, or killed.
   *
   * @throws Error with what it printed where it ends by itself before.
   */
  readonly start: () => Promise<void>;
  /** Ends it with SIGKILL, as a machine does that loses power. */
  readonly kill: () => Promise<void>;
}

interface Life {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  wasKilled: boolean;
}

const TETHER = resolve(import.meta.dirname, '../../local/tether.ts');

const lives = new Set<Life>();

/** Ends all of them, whatever became of the tests. */
export function killProcesses(): void {
  for (const life of lives) killGroup(life);
}

/** Starts a process and waits until it is ready. It ends with this one, however that ends. */
export async function startProcess(options: ProcessOptions): Promise<Process> {
  const { name, command = process.execPath, parameters, variables, ready } = options;
  const crashes: string[] = [];
  let printed = '';
  let life: Life | undefined;

  function begin(): Life {
    const child = spawn(process.execPath, [TETHER, command, ...parameters], {
      env: { ...process.env, ...variables },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, so that the tether and what it holds are killed at once.
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
    // Not at its exit: only when the pipes are closed has the process behind the tether ended, too.
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
