import { join } from 'node:path';
import { download } from './download.ts';

/**
 * Installs Python packages into their own environment, once.
 *
 * @param requirements path of the file that pins them.
 * @returns the path of the Python that has them.
 * @throws Error in one line if Python is missing.
 */
export async function installPython(name: string, requirements: string): Promise<string> {
  const environment = await download({
    name,
    pins: requirements,
    needs: {
      name: 'Python 3.10 or later with venv (python.org; on Debian: apt install python3-venv)',
      command: [
        'python3',
        '-c',
        'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))',
      ],
    },
    commands: (filling) => [
      ['python3', '-m', 'venv', filling],
      [join(filling, 'bin', 'python'), '-m', 'pip', 'install', '--requirement', requirements],
    ],
  });
  return join(environment, 'bin', 'python');
}
