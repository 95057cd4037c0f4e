import { delimiter, dirname, join } from 'node:path';
import getPort from 'get-port';
import { type Emulator, startEmulator } from '../../local/emulator.ts';
import { installPython } from './python.ts';

/**
 * Starts MiniStack, an emulator of AWS, on a free port of this machine. It keeps its data in the directory.
 *
 * @throws Error in one line if Python is missing.
 */
export async function startMiniStack(directory: string): Promise<Emulator> {
  const python = await installPython('python', join(import.meta.dirname, 'requirements.txt'));
  const port = await getPort({ host: '127.0.0.1' });
  return startEmulator({
    name: 'ministack',
    command: python,
    parameters: ['-m', 'ministack'],
    port,
    directory,
    variables: {
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: `${port}`,
      // Otherwise it listens on a fixed port, and two runs can't share that.
      IOT_MTLS_ENABLED: '0',
      STATE_DIR: directory,
      TMPDIR: directory,
      // It runs functions with the Node of its PATH, and gives them its environment.
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
      AWS_PROFILE: '',
    },
  });
}
