import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import getPort from 'get-port';
import { expect, onTestFinished, test } from 'vitest';
import { startApp } from './app.ts';

/** The only block of a language in a page. */
const blockOf = (page: string, language: string): string =>
  new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(page)?.[1] ?? '';

test('docs/testing.md, followed literally on free ports, tests an app against the service', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'referrals-testing-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const clone = join(directory, 'cdk-referrals');
  await mkdir(clone);
  for (const name of ['package.json', 'local', 'functions', 'node_modules']) {
    await symlink(resolve(name), join(clone, name));
  }
  await symlink(resolve('node_modules'), join(directory, 'node_modules'));
  const app = await startApp();
  onTestFinished(app.stop);
  const port = await getPort({ host: '127.0.0.1' });
  app.connect(`http://localhost:${port}`);

  const launch = {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  };
  const page = (await readFile('docs/testing.md', 'utf8'))
    .replaceAll('localhost:5173', `localhost:${app.port}`)
    .replaceAll('localhost:3000', `localhost:${port}`)
    .replace("from 'playwright'", "from 'playwright-core'")
    .replace('chromium.launch()', `chromium.launch(${JSON.stringify(launch)})`);
  await writeFile(join(directory, 'end-to-end.mjs'), blockOf(page, 'js'));
  const shell = spawn('sh', ['-e', '-c', `${blockOf(page, 'sh')}node end-to-end.mjs`], {
    cwd: directory,
    env: { ...process.env, PORT: `${port}` },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const closed = once(shell, 'close');
  let printed = '';
  for (const output of [shell.stdout, shell.stderr]) {
    output.on('data', (chunk) => {
      printed += chunk;
    });
  }
  const [code] = await once(shell, 'exit');
  // The service is still running, in the shell's process group.
  process.kill(-(shell.pid ?? 0), 'SIGTERM');
  await closed;
  expect(code, printed).toBe(0);
  expect(existsSync(join(clone, '.local', 'outputs.json'))).toBe(false);
});
