import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import getPort from 'get-port';

// Milliseconds that the emulators of a killed service need to end, and more.
const PATIENCE = 2_000;

/**
 * Reads a port from the environment.
 *
 * @returns undefined if the variable is not set.
 * @throws Error if it is no port.
 */
export function readPort(name: string): number | undefined {
  const text = process.env[name];
  if (!text) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new Error(`${name} must be a number from 0 to 65535, not "${text}".`);
}

/**
 * Chooses the port of an emulator: the one that its variable names (0 for any free one), or else its last one
 * in this directory, or else any free one. If its last one is taken, it prints the new one.
 *
 * @throws Error if the variable names no port, or a port that can't be used.
 */
export async function choosePort(directory: string, variable: string): Promise<number> {
  const file = join(directory, 'ports.json');
  const remembered: Record<string, number> = await readFile(file, 'utf8')
    .then((text) => JSON.parse(text))
    .catch(() => ({}));
  const last = remembered[variable];
  const port = await firstUsable(variable, readPort(variable), last);
  if (port !== last) {
    await writeFile(file, `${JSON.stringify({ ...remembered, [variable]: port }, null, 2)}\n`);
  }
  return port;
}

async function firstUsable(variable: string, wanted: number | undefined, last: number | undefined) {
  const preferred = wanted ?? last;
  if (!preferred) return getPort({ host: '127.0.0.1' });
  const refusal = await refusalOf(preferred);
  if (refusal === undefined) return preferred;
  if (wanted !== undefined) {
    throw new Error(
      `Port ${wanted} can't be used (${refusal}). Stop its process, or choose another ${variable}.`,
    );
  }
  const other = await getPort({ host: '127.0.0.1' });
  console.log(
    `Port ${last} is taken, so ${variable} is ${other} from now on. Give your app the new address.`,
  );
  return other;
}

/** The code of the error that a port can't be used for; undefined if it can. */
async function refusalOf(port: number): Promise<string | undefined> {
  for (const deadline = Date.now() + PATIENCE; ; await delay(50)) {
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
      return undefined;
    } catch (error) {
      if (Date.now() > deadline) return (error as NodeJS.ErrnoException).code;
    } finally {
      server.close();
    }
  }
}
