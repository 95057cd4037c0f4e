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

/** pinax-referrals with Django and gunicorn, on SQLite. */
export const pinax: Side = {
  name: 'pinax-referrals',

  start: async (directory) => {
    const link = await createLink(directory);
    const port = await getPort({ host: '127.0.0.1' });
    const command = await installed();
    const gunicorn = await startTree(() =>
      startEmulator({
        name: 'gunicorn',
        command,
        parameters: [
          ...['-m', 'gunicorn', '--workers', `${WORKERS}`, '--bind', `127.0.0.1:${port}`],
          'django.core.wsgi:get_wsgi_application()',
        ],
        port,
        directory,
        variables: variablesOf(directory),
      }),
    );
    return {
      link: `${gunicorn.endpoint}${link}`,
      cpu: async () => ({ server: await cpuOf(gunicorn.pid), database: 0 }),
      countClicks: async () => Number(await runScript('count_responses', directory)),
      stop: gunicorn.stop,
    };
  },

  callsOfClick: async (directory) =>
    JSON.parse(await runScript('click_statements', directory, await createLink(directory))),
};

/** The path of a Python that has the packages. */
const installed = () => installPython('pinax', join(PROJECT, 'requirements.txt'));

const createLink = async (directory: string) =>
  `/r/${await runScript('create_referral', directory)}/`;

async function runScript(name: string, directory: string, ...parameters: string[]) {
  const { stdout } = await promisify(execFile)(
    await installed(),
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
