import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seed as randomSeed } from './seed.ts';

const HELP = `Usage: npm run test:faults [-- option …] [-- file …]

Shows that every answered click is stored once and counted once, whatever fails in between.

Options:
  --seed <number>   starts all randomness with this seed; each run prints its seed
  --long            runs each random part ten times as long
  --help            prints this help
`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: 'string', default: `${randomSeed}` },
      long: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  if (!/^\d{1,10}$/.test(values.seed)) throw new Error('--seed must be a whole number.');
  const again = `npm run test:faults -- --seed ${values.seed}${values.long ? ' --long' : ''}`;
  process.stdout.write(`To repeat this run with the same randomness: ${again}\n`);
  const cli = fileURLToPath(new URL('./vitest.mjs', import.meta.resolve('vitest/package.json')));
  const vitest = spawn(process.execPath, [cli, 'run', '--project', 'faults', ...positionals], {
    cwd: resolve(import.meta.dirname, '../..'),
    env: {
      ...process.env,
      FAULTS_SEED: values.seed,
      ...(values.long && { FAULTS_LONG: 'true' }),
    },
    stdio: 'inherit',
  });
  // Ctrl-C reaches vitest by itself. SIGTERM does not.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => vitest.kill());
  const [code] = await once(vitest, 'exit');
  process.exitCode = code ?? 1;
  if (process.exitCode !== 0) process.stderr.write(`To repeat this run: ${again}\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
