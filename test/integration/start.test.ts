import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { call, click, createReferral, signIn, signUp } from './client.ts';
import { runStart, startTestService } from './test-service.ts';

let directory: string;

// These tests use the embedded database, even if the other tests use another one.
beforeAll(() => {
  vi.stubEnv('DYNAMODB_ENDPOINT', undefined);
  vi.stubEnv('API_ONLY', undefined);
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'referrals-start-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

interface Process {
  readonly pid: number;
  readonly command: string;
}

/** All processes that a process started, directly or not. */
function descendants({ pid: root }: ChildProcess): Process[] {
  const listed = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /(\d+) +(\d+) (.*)/.exec(line) ?? [])
    .map(([, pid, parent, command = '']) => ({
      pid: Number(pid),
      parent: Number(parent),
      command,
    }));
  const of = (ancestor: number | undefined): Process[] =>
    listed
      .filter(({ parent }) => parent === ancestor)
      .flatMap((child) => [child, ...of(child.pid)]);
  return of(root);
}

/** Waits until none of the processes is left. */
async function gone(processes: readonly Process[]): Promise<void> {
  const isAlive = ({ pid }: Process) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  while (processes.some(isAlive)) await delay(20);
}

const run = async (variables: Record<string, string>, parameters: string[] = []) => {
  const { process, printed } = runStart(directory, variables, parameters);
  const [code] = await once(process, 'close');
  return { code, printed: printed() };
};

describe('npm start', () => {
  test('plays the main job on its first start, and prints every step', async () => {
    const service = await startTestService({ directory });
    const lines = service
      .printed()
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
      .split('\n');
    const { ApiUrl } = service.outputs;
    const link = /http:\S+\/r\/\w+/.exec(service.printed())?.[0];
    expect(lines.slice(0, 14)).toEqual([
      'Starting DynamoDB, Cognito and the API …',
      '',
      'The main job, played once against the service:',
      '',
      expect.stringMatching(/^ {2}1\. ada-\w+@example\.com signs up and has a link: http/),
      `  2. A visitor clicks it, and is sent to ${ApiUrl}/`,
      '  3. The visitor does something: VIEWED_PRICING',
      expect.stringMatching(/^ {2}4\. The visitor signs up as grace-\w+@example\.com$/),
      expect.stringMatching(/^ {2}5\. What ada-\w+@example\.com sees:$/),
      `     ${link}: clicks 1, unique visitors 1`,
      expect.stringMatching(/^ {5}TIME {2}Clicked on referral link {2}\(user [\w-]+\)$/),
      expect.stringMatching(/^ {5}TIME {2}VIEWED_PRICING {2}\(user [\w-]+\)$/),
      expect.stringMatching(/^ {5}TIME {2}Signed up {2}\(user [\w-]+\)$/),
      '',
    ]);
    for (const [name, value] of Object.entries(service.outputs)) {
      expect(lines).toContain(`  ${name.padEnd(18)}${value}`);
    }
    expect(Object.keys(service.outputs)).toEqual([
      'ApiUrl',
      'UserPoolId',
      'UserPoolClientId',
      'CognitoEndpoint',
      'DynamoDBEndpoint',
      'TableName',
      'DefaultRedirectTo',
    ]);
    await service.stop();
  });

  test('keeps users, links and every acknowledged click after kill -9, and leaves nothing running', async () => {
    let service = await startTestService({ directory });
    const user = await signUp(service.outputs);
    const code = await createReferral(service.outputs, user);
    let acknowledged = 0;
    for (let round = 1; round <= 2; round++) {
      const { outputs } = service;
      const { pid = 0 } = service.process;
      let issued = acknowledged;
      const clicking = Array.from({ length: 8 }, async () => {
        while (service.process.signalCode === null) {
          issued += 1;
          const answer = await click(outputs, code).catch(() => undefined);
          if (answer?.status === 302) acknowledged += 1;
        }
      });
      const enough = acknowledged + 100;
      while (acknowledged < enough) await delay(5);
      const children = descendants(service.process);
      // Two emulators, each in its tether.
      expect(children).toHaveLength(4);
      process.kill(pid, 'SIGKILL');
      await Promise.all(clicking);
      await gone(children);

      service = await startTestService({ directory });
      expect(service.printed()).toContain('The demo was played at an earlier start.');
      expect(service.printed()).toContain('clicks 1, unique visitors 1');
      const { idToken } = await signIn(service.outputs, user.email);
      const { body } = await call(service.outputs, `GET /referrals/${code}`, { token: idToken });
      expect(body.clicks).toBeGreaterThanOrEqual(acknowledged);
      expect(body.clicks).toBeLessThanOrEqual(issued);
      acknowledged = body.clicks;
    }
    await service.stop();
  });

  test('stops everything when npm is told to stop', async () => {
    for (const name of ['package.json', 'local', 'functions', 'node_modules']) {
      await symlink(resolve(name), join(directory, name));
    }
    const env = { ...process.env, PORT: '0' };
    const npm = spawn('npm', ['start'], { cwd: directory, env });
    let printed = '';
    for await (const chunk of npm.stdout) {
      printed += chunk;
      if (printed.includes('Ready.')) break;
    }
    const children = descendants(npm);
    npm.kill('SIGTERM');
    await once(npm, 'close');
    await gone(children);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('stops everything it started on %s', async (signal) => {
    const service = await startTestService({ directory });
    const children = descendants(service.process);
    expect(children).toHaveLength(4);
    service.process.kill(signal);
    expect(await once(service.process, 'exit')).toEqual([0, null]);
    await gone(children);
  });

  test('names an emulator that has died, and stops', async () => {
    for (const name of ['dynoxide', 'cognito-local']) {
      const service = await startTestService({ directory });
      const children = descendants(service.process);
      const victim = children.find(
        ({ command }) => command.includes(name) && !command.includes('tether'),
      );
      if (victim === undefined) throw new Error(`${name} is not running.`);
      process.kill(victim.pid, 'SIGKILL');
      expect(await once(service.process, 'close')).toEqual([1, null]);
      expect(service.printed().split('\n')).toContain(
        `${name} stopped unexpectedly. Its log is ${join(directory, '.local', `${name}.log`)}.`,
      );
      await gone(children);
    }
  });

  test('a taken port is a one-line error, before any data is touched', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    const port = typeof address === 'object' ? `${address?.port}` : '';
    const { code, printed } = await run({ PORT: port }, ['--fresh']);
    holder.close();
    expect([code, printed]).toEqual([
      1,
      `Starting DynamoDB, Cognito and the API …\nPort ${port} is in use. Stop its process, or choose another port: PORT=3001 npm start\n`,
    ]);
    expect(await readdir(directory)).toEqual([]);
  });

  test('a second service on the same data is a one-line error, and the first keeps running', async () => {
    const service = await startTestService({ directory });
    const { code, printed } = await run({}, ['--fresh']);
    expect([code, printed]).toEqual([
      1,
      `Starting DynamoDB, Cognito and the API …\nThe data here is in use by the service at ${service.outputs.ApiUrl}. Stop that one first.\n`,
    ]);
    await signUp(service.outputs);
    await service.stop();
  });

  test.each([
    [{ PORT: 'x' }, [], 'PORT must be a number from 0 to 65535, not "x".'],
    [{ ATTRIBUTION_MODEL: 'middle' }, [], 'ATTRIBUTION_MODEL must be last or first.'],
    [{}, ['--frehs'], "Unknown option '--frehs'"],
  ])('wrong use (%j %j) is a one-line error', async (variables, parameters, message) => {
    const { code, printed } = await run(variables, parameters);
    expect(code).toBe(1);
    expect(printed.trim().split('\n')).toEqual([expect.stringContaining(message)]);
  });

  test('--fresh starts with no data', async () => {
    const first = await startTestService({ directory });
    const user = await signUp(first.outputs);
    await first.stop();
    const second = await startTestService({ directory, parameters: ['--fresh'] });
    expect(second.printed()).toContain('The main job, played once against the service:');
    await expect(signIn(second.outputs, user.email)).rejects.toThrow();
    await second.stop();
  });

  test('--help prints the usage and does nothing else', async () => {
    const { code, printed } = await run({}, ['--help']);
    expect([code, printed.split('\n')[0]]).toEqual([0, 'Usage: npm start [-- --fresh]']);
    expect(await readdir(directory)).toEqual([]);
  });

  test('shows browsers a page in place of the app', async () => {
    const service = await startTestService({ directory });
    const response = await fetch(service.outputs.DefaultRedirectTo, {
      headers: { accept: 'text/html' },
    });
    expect([response.status, await response.text()]).toEqual([
      200,
      'The visitor has arrived. This page stands in for your app: set APP_URL to send them there.\n',
    ]);
    await service.stop();
  });
});
