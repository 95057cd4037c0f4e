import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startMiniStack } from '../deploy/ministack.ts';
import { startDynamoDBLocal } from './dynamodb-local.ts';

const HELP = `Usage: node test/dynamodb/run.ts <database> [option of vitest …]

Runs the integration tests on another DynamoDB than the embedded one. Downloads it once, to
node_modules/.cache/cdk-referrals/.

Databases:
  dynamodb-local   Amazon's DynamoDB Local; needs a JDK (17 or later) and Maven
  ministack        MiniStack's DynamoDB; needs Python (3.10 or later) with venv
`;

const databases = new Map([
  ['dynamodb-local', startDynamoDBLocal],
  ['ministack', startMiniStack],
]);

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    strict: false,
    options: { help: { type: 'boolean' } },
  });
  const start = databases.get(positionals[0] ?? '');
  if (values.help || start === undefined) {
    process.exitCode = values.help ? 0 : 1;
    return void (values.help ? process.stdout : process.stderr).write(HELP);
  }
  const directory = await mkdtemp(join(tmpdir(), 'referrals-dynamodb-'));
  const database = await start(directory);
  try {
    process.exitCode = await runTests(database.endpoint, process.argv.slice(3));
  } finally {
    await database.stop();
    await rm(directory, { recursive: true });
  }
}

/** Runs vitest. Returns its exit code. */
async function runTests(endpoint: string, options: string[]): Promise<number> {
  const cli = fileURLToPath(new URL('./vitest.mjs', import.meta.resolve('vitest/package.json')));
  const vitest = spawn(process.execPath, [cli, 'run', '--project', 'integration', ...options], {
    cwd: resolve(import.meta.dirname, '../..'),
    env: { ...process.env, DYNAMODB_ENDPOINT: endpoint, TEST_DATABASE: process.argv[2] },
    stdio: 'inherit',
  });
  // Ctrl-C reaches vitest by itself. SIGTERM does not. In both cases the database stops last.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => vitest.kill());
  const [code] = await once(vitest, 'exit');
  return code ?? 1;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
