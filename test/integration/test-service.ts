import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Outputs } from '../../local/outputs.ts';
import { CLIENT_IP } from './client.ts';

const running = new Set<ChildProcess>();

/** Ends the services that a failed test has left running. */
export function killServices(): void {
  for (const child of running) child.kill('SIGKILL');
}

export interface TestService {
  readonly outputs: Outputs;
  readonly directory: string;
  readonly process: ChildProcess;
  /** All its output so far. */
  readonly printed: () => string;
  /** Stops it with SIGTERM. */
  readonly stop: () => Promise<void>;
}

export interface StartOptions {
  readonly variables?: Record<string, string>;
  readonly parameters?: readonly string[];
  /** The directory of its `.local/`. By default a new one, which `stop` removes. */
  readonly directory?: string;
}

/** Starts the server of `npm start` as its own process on free ports, and waits until it is ready. */
export async function startTestService({
  variables = {},
  parameters = [],
  directory: given,
}: StartOptions = {}): Promise<TestService> {
  const directory = given ?? (await mkdtemp(join(tmpdir(), 'referrals-')));
  const removeOwn = async () => {
    if (given === undefined) await rm(directory, { recursive: true, force: true });
  };
  const { process: child, printed } = runStart(directory, variables, parameters);
  while (!printed().includes('Ready.')) {
    if (child.exitCode !== null || child.signalCode !== null) {
      await removeOwn();
      throw new Error(printed());
    }
    await delay(20);
  }
  return {
    outputs: JSON.parse(await readFile(join(directory, '.local', 'outputs.json'), 'utf8')),
    directory,
    process: child,
    printed,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      await removeOwn();
    },
  };
}

/** Runs `local/start.ts` in a directory, without waiting until it is ready. */
export function runStart(
  directory: string,
  variables: Record<string, string> = {},
  parameters: readonly string[] = [],
): { process: ChildProcess; printed: () => string } {
  const child = spawn(process.execPath, [resolve('local/start.ts'), ...parameters], {
    cwd: directory,
    env: {
      ...process.env,
      PORT: '0',
      CLIENT_IP_HEADER: CLIENT_IP,
      // A service on a shared table leaves the stream and the hours to the table's own service.
      ...(variables.DYNAMODB_ENDPOINT && { API_ONLY: '1' }),
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let text = '';
  const collect = (chunk: Buffer) => {
    text += chunk;
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return { process: child, printed: () => text };
}
