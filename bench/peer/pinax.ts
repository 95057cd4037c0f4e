import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import getPort from 'get-port';
import { startEmulator } from '../../local/emulator.ts';
import { installPython } from '../../test/deploy/python.ts';
import { cpuOf, startTree } from './process-tree.ts';
import type { Side } from './side.ts';

const WORKERS = 2;
const PROJECT = join(import.meta.dirname, 'pinax');

const run = promisify(execFile);

/** pinax-referrals with Django and gunicorn, on SQLite. */
export const pinax: Side = {
  name: 'pinax-referrals',

  start: async (directory) => {
    const python = await installPython('pinax', join(PROJECT, 'requirements.txt'));
    const variables = variablesOf(directory);
    const code = await runScript('create_referral', directory);
    const port = await getPort({ host: '127.0.0.1' });
    const gunicorn = await startTree(() =>
      startEmulator({
        name: 'gunicorn',
        command: python,
        parameters: [
          ...['-m', 'gunicorn', '--workers', `${WORKERS}`, '--bind', `127.0.0.1:${port}`],
          'django.core.wsgi:get_wsgi_application()',
        ],
        port,
        directory,
        variables,
      }),
    );
    return {
      link: `${gunicorn.endpoint}${pathOf(code)}`,
      cpu: async () => ({ server: await cpuOf(gunicorn.pid), database: 0 }),
      countClicks: async () => Number(await runScript('count_responses', directory)),
      stop: gunicorn.stop,
    };
  },

  callsOfClick: async (directory) => {
    const code = await runScript('create_referral', directory);
    return JSON.parse(await runScript('click_statements', directory, pathOf(code)));
  },
};

/** Python and its packages, as they name themselves: `Django==5.2.19`. */
export async function pinaxVersions(): Promise<string[]> {
  const python = await installPython('pinax', join(PROJECT, 'requirements.txt'));
  const { stdout: version } = await run(python, ['--version']);
  const { stdout: packages } = await run(python, ['-m', 'pip', 'freeze']);
  return `${version}${packages}`.trim().split('\n');
}

const pathOf = (code: string) => `/r/${code}/`;

async function runScript(name: string, directory: string, ...parameters: string[]) {
  const { stdout } = await run(
    await installPython('pinax', join(PROJECT, 'requirements.txt')),
    [join(PROJECT, `${name}.py`), ...parameters],
    { env: { ...process.env, ...variablesOf(directory) } },
  );
  return stdout.trim();
}

const variablesOf = (directory: string) => ({
  DATABASE: join(directory, 'db.sqlite3'),
  DJANGO_SETTINGS_MODULE: 'settings',
  PYTHONPATH: PROJECT,
  PYTHONDONTWRITEBYTECODE: '1',
});
