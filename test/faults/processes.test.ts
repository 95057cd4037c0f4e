import { spawn } from 'node:child_process';
import { once } from 'node:events';
import getPort from 'get-port';
import { expect, test, vi } from 'vitest';
import { accepts } from '../../local/emulator.ts';
import { type ProcessOptions, startProcess } from './processes.ts';

const running = (script: string): ProcessOptions => ({
  name: 'server',
  parameters: ['-e', script],
  ready: 'Ready.',
});

/** A process that listens on a port. */
const listening = (port: number) =>
  running(`require('node:net').createServer().listen(${port}, '127.0.0.1', () => {
    console.log('Ready.');
  })`);

test('a killed process is gone, and comes back when it is started', async () => {
  const port = await getPort();
  const server = await startProcess(listening(port));
  const seen = [await accepts(port)];
  for (const step of [server.kill, server.kill, server.start, server.start, server.kill]) {
    await step();
    seen.push(await accepts(port));
  }
  expect([seen, server.printed(), server.crashes]).toEqual([
    [true, false, false, true, true, false],
    'Ready.\nReady.\n',
    [],
  ]);
});

test('a process that is killed while it starts keeps nobody waiting', async () => {
  const server = await startProcess(listening(await getPort()));
  await server.kill();
  const starting = server.start();
  await server.kill();
  await starting;
  expect([server.printed(), server.crashes]).toEqual(['Ready.\n', []]);
});

test('a process that ends by itself has crashed, and can be started again', async () => {
  const server = await startProcess(running('console.log("Ready."); console.error("No.")'));
  const life = expect.stringMatching(/^(Ready\.\nNo\.|No\.\nReady\.)\n$/);
  await vi.waitFor(() => expect(server.crashes).toEqual([life]));
  await server.start();
  await vi.waitFor(() => expect(server.crashes).toEqual([life, life]));
  const neverReady = startProcess(running('console.error("No.")'));
  await expect(neverReady).rejects.toThrow('server ended. It printed: No.');
});

test('a process never outlives its parent, even if the parent is killed', async () => {
  const port = await getPort();
  const script = `
    import { startProcess } from '${import.meta.resolve('./processes.ts')}';
    console.log((await startProcess(${JSON.stringify(listening(port))})).printed());`;
  const starter = spawn(process.execPath, ['--input-type=module', '-e', script]);
  await once(starter.stdout, 'data');
  const before = await accepts(port);
  starter.kill('SIGKILL');
  await vi.waitFor(async () => expect([before, await accepts(port)]).toEqual([true, false]), 5000);
});
