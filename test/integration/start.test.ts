import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import getPort from 'get-port';
import {
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest';
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

/** Holds a port. */
async function takePort(port = 0) {
  const holder = createServer().listen(port, '127.0.0.1');
  await once(holder, 'listening');
  return { port: (holder.address() as AddressInfo).port, release: () => holder.close() };
}

const outputsFile = () => join(directory, '.local', 'outputs.json');

/** What a child has printed so far. */
function printedBy({ stdout }: ChildProcess): () => string {
  let text = '';
  stdout?.on('data', (chunk) => {
    text += chunk;
  });
  return () => text;
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

  /** Runs `npm start` in a terminal of its own, and waits until it is ready. */
  async function startInTerminal(): Promise<ChildProcess> {
    for (const name of ['package.json', 'local', 'functions', 'node_modules']) {
      await symlink(resolve(name), join(directory, name));
    }
    const terminal = spawn('script', ['--quiet', '--command', 'npm start', '/dev/null'], {
      cwd: directory,
      env: { ...process.env, PORT: '0' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    // It may end before all its keys are read.
    terminal.stdin.on('error', () => undefined);
    onTestFinished(() => void terminal.kill('SIGKILL'));
    const printed = printedBy(terminal);
    while (!printed().includes('Ready.')) await delay(20);
    return terminal;
  }

  test.each([
    ['npm is told to stop', (_terminal, npm) => process.kill(npm.pid, 'SIGTERM')],
    ['Ctrl-C is pressed once', (terminal) => terminal.stdin?.write('\x03')],
    [
      'Ctrl-C is pressed again and again',
      async (terminal) => {
        for (let presses = 0; presses < 10; presses++) {
          terminal.stdin?.write('\x03');
          await delay(5);
        }
      },
    ],
    ['its terminal is closed', (terminal) => terminal.kill('SIGKILL')],
  ] satisfies [string, (terminal: ChildProcess, npm: Process) => unknown][])(
    'stops everything when %s',
    async (_, stop) => {
      const terminal = await startInTerminal();
      const children = descendants(terminal);
      const npm = children.find(({ command }) => command.startsWith('npm start'));
      if (npm === undefined) throw new Error('npm is not running.');
      expect(existsSync(outputsFile())).toBe(true);
      await stop(terminal, npm);
      await gone(children);
      expect(existsSync(outputsFile())).toBe(false);
    },
  );

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'stops everything it started, once, on one %s and on many',
    async (signal) => {
      const service = await startTestService({ directory });
      const children = descendants(service.process);
      expect(children).toHaveLength(4);
      const exited = once(service.process, 'exit');
      while (service.process.exitCode === null && service.process.signalCode === null) {
        service.process.kill(signal);
        await delay(5);
      }
      expect(await exited).toEqual([0, null]);
      await gone(children);
      expect(existsSync(outputsFile())).toBe(false);
    },
  );

  test('stops everything when it is signalled before it is ready', async () => {
    const { process: starting } = runStart(directory);
    while (descendants(starting).length < 2) await delay(20);
    const children = descendants(starting);
    starting.kill('SIGINT');
    expect(await once(starting, 'exit')).toEqual([0, null]);
    await gone(children);
    expect(existsSync(outputsFile())).toBe(false);
  });

  test('keeps the ports of Cognito and DynamoDB, so that tokens from before go on working', async () => {
    const first = await startTestService({ directory });
    const { token } = await signUp(first.outputs);
    await first.stop();
    const second = await startTestService({ directory });
    expect(second.outputs).toEqual({
      ...first.outputs,
      ApiUrl: second.outputs.ApiUrl,
      DefaultRedirectTo: second.outputs.DefaultRedirectTo,
    });
    const answer = await call(second.outputs, 'GET /me/referral', { token });
    expect(answer.status).toBe(200);
    await second.stop();
  });

  test('keeps them when `npm run dev` reloads', async () => {
    for (const name of ['package.json', 'local', 'functions', 'web', 'docs', 'served-files.ts']) {
      await cp(resolve(name), join(directory, name), { recursive: true });
    }
    await symlink(resolve('node_modules'), join(directory, 'node_modules'));
    const env = { ...process.env, PORT: `${await getPort({ host: '127.0.0.1' })}` };
    const npm = spawn('npm', ['run', 'dev'], { cwd: directory, env, detached: true });
    const stop = () => npm.exitCode === null && process.kill(-(npm.pid ?? 0), 'SIGTERM');
    onTestFinished(() => void stop());
    const printed = printedBy(npm);
    const starts = () => printed().split('Ready.').length - 1;
    while (starts() < 1) await delay(20);
    const outputs = JSON.parse(await readFile(outputsFile(), 'utf8'));
    const { token } = await signUp(outputs);
    await utimes(join(directory, 'functions', 'routes.ts'), new Date(), new Date());
    while (starts() < 2) await delay(20);
    expect(JSON.parse(await readFile(outputsFile(), 'utf8'))).toEqual(outputs);
    expect((await call(outputs, 'GET /me/referral', { token })).status).toBe(200);
    const children = descendants(npm);
    stop();
    await gone(children);
  });

  test('takes another port where one is taken, says so, and keeps that one', async () => {
    const first = await startTestService({ directory });
    await first.stop();
    const { CognitoEndpoint, DynamoDBEndpoint } = first.outputs;
    const { port } = new URL(CognitoEndpoint);
    const { release } = await takePort(Number(port));
    onTestFinished(() => void release());
    const second = await startTestService({ directory });
    const moved = new URL(second.outputs.CognitoEndpoint).port;
    expect(second.printed().split('\n')).toContain(
      `Port ${port} is taken, so COGNITO_PORT is ${moved} from now on. Give your app the new address.`,
    );
    expect(second.outputs.DynamoDBEndpoint).toBe(DynamoDBEndpoint);
    await second.stop();
    release();
    const third = await startTestService({ directory });
    expect(third.outputs.CognitoEndpoint).toBe(`http://127.0.0.1:${moved}`);
    await third.stop();
  });

  test('takes the ports that are set', async () => {
    const [COGNITO_PORT, DYNAMODB_PORT] = [
      `${await getPort({ host: '127.0.0.1' })}`,
      `${await getPort({ host: '127.0.0.1' })}`,
    ];
    const service = await startTestService({
      directory,
      variables: { COGNITO_PORT, DYNAMODB_PORT },
    });
    expect(service.outputs).toMatchObject({
      CognitoEndpoint: `http://127.0.0.1:${COGNITO_PORT}`,
      DynamoDBEndpoint: `http://127.0.0.1:${DYNAMODB_PORT}`,
    });
    await service.stop();
  });

  test('lists a click of a bot as one at a later start', async () => {
    const first = await startTestService({ directory });
    const link = /http:\S+\/r\/\w+/.exec(first.printed())?.[0] ?? '';
    await fetch(link, { redirect: 'manual', headers: { 'user-agent': 'curl/8.14.1' } });
    await first.stop();
    const second = await startTestService({ directory });
    const times = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;
    const lines = second.printed().replaceAll(times, 'TIME').split('\n');
    expect(lines.filter((line) => line.includes('TIME'))).toEqual([
      expect.stringMatching(/^ {5}TIME {2}Clicked on referral link {2}\(user [\w-]+\)$/),
      expect.stringMatching(/^ {5}TIME {2}VIEWED_PRICING {2}\(user [\w-]+\)$/),
      expect.stringMatching(/^ {5}TIME {2}Signed up {2}\(user [\w-]+\)$/),
      '     TIME  Clicked on referral link  (bot)',
    ]);
    await second.stop();
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
    const { port, release } = await takePort();
    const { code, printed } = await run({ PORT: `${port}` }, ['--fresh']);
    release();
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
    [{ COGNITO_PORT: '-1' }, [], 'COGNITO_PORT must be a number from 0 to 65535, not "-1".'],
    [{ DYNAMODB_PORT: '1e9' }, [], 'DYNAMODB_PORT must be a number from 0 to 65535, not "1e9".'],
    [
      { APP_URL: 'app.example.com' },
      [],
      'APP_URL must be an origin such as https://app.example.com',
    ],
    [
      { APP_URL: 'https://a.example/b' },
      [],
      'APP_URL must be an origin such as https://app.example',
    ],
    [{ ATTRIBUTION_MODEL: 'middle' }, [], 'ATTRIBUTION_MODEL must be last or first.'],
    [{}, ['--frehs'], "Unknown option '--frehs'"],
  ])('wrong use (%j %j) is a one-line error', async (variables, parameters, message) => {
    const { code, printed } = await run(variables, parameters);
    expect(code).toBe(1);
    expect(printed.trim().split('\n')).toEqual([expect.stringContaining(message)]);
  });

  test.each([
    ['./none.mjs', 'there is no file ./none.mjs.'],
    ['./broken.mjs', "./broken.mjs can't be loaded: Unexpected token '}'"],
    ['./throws.mjs', "./throws.mjs can't be loaded: Not today."],
    [
      './other.mjs',
      './other.mjs must export at least one of generateCode, clientIp, classifyClick, includeResponse, publicReferral.',
    ],
  ])(
    'a wrong hooks module (%s) is a one-line error, and nothing is left',
    async (HOOKS, message) => {
      await writeFile(join(directory, 'broken.mjs'), 'export const generateCode = () => }');
      await writeFile(join(directory, 'throws.mjs'), "throw new Error('Not today.\\nOr ever.');");
      await writeFile(join(directory, 'other.mjs'), "export const generateCode = 'ada';");
      const { code, printed } = await run({ HOOKS });
      expect([code, printed]).toEqual([
        1,
        `Starting DynamoDB, Cognito and the API …\nHOOKS: ${message}\n`,
      ]);
      expect(existsSync(outputsFile())).toBe(false);
    },
  );

  test('a port or a database that can’t be used is a one-line error', async () => {
    const { port, release } = await takePort();
    const { code, printed } = await run({ COGNITO_PORT: `${port}` });
    release();
    expect([code, printed]).toEqual([
      1,
      `Starting DynamoDB, Cognito and the API …\nPort ${port} can't be used (EADDRINUSE). Stop its process, or choose another COGNITO_PORT.\n`,
    ]);
    const DYNAMODB_ENDPOINT = `http://127.0.0.1:${port}`;
    expect(await run({ DYNAMODB_ENDPOINT, API_ONLY: '1' })).toEqual({
      code: 1,
      printed: `Starting DynamoDB, Cognito and the API …\nDYNAMODB_ENDPOINT: ${DYNAMODB_ENDPOINT} does not work: connect ECONNREFUSED 127.0.0.1:${port}\n`,
    });
  });

  test('answers 503 until it is ready, so that curl can wait for it', async () => {
    const PORT = `${await getPort({ host: '127.0.0.1' })}`;
    const starting = startTestService({ directory, variables: { PORT } });
    const url = `http://localhost:${PORT}/attribution`;
    const { stdout } = await promisify(execFile)('curl', [
      ...['--silent', '--show-error', '--fail', '--retry', '60', '--retry-connrefused', url],
    ]);
    expect(JSON.parse(stdout)).toEqual({ referral: null });
    expect(existsSync(outputsFile())).toBe(true);
    await (await starting).stop();
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
    for (const name of ['PORT', 'COGNITO_PORT', 'DYNAMODB_PORT', 'SESSION_HANDOFF', 'HOOKS']) {
      expect(printed).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    }
    expect(await readdir(directory)).toEqual([]);
  });

  test('shows browsers a page in place of the app', async () => {
    const service = await startTestService({ directory });
    const response = await fetch(service.outputs.DefaultRedirectTo, {
      headers: { accept: 'text/html' },
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    expect(await response.text()).toContain('<title>Lantern, a demo app</title>');
    const other = await fetch(`${service.outputs.ApiUrl}/nothing-here`);
    expect([other.status, await other.json()]).toEqual([404, { message: 'Not Found' }]);
    await service.stop();
  });
});
