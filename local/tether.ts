import { spawn } from 'node:child_process';

/**
 * Runs a command as long as its own standard input stays open. If its parent is killed with SIGKILL, the
 * kernel closes that pipe, so that nothing is left behind.
 *
 *     node local/tether.ts <command> [argument …]
 */
const [command = '', ...parameters] = process.argv.slice(2);
const child = spawn(command, parameters, { stdio: ['ignore', 'inherit', 'inherit'] });

child.on('error', (error) => {
  console.error(error.message);
  process.exit(127);
});
child.on('exit', (code, signal) => {
  process.stdin.destroy();
  process.exitCode = code ?? (signal === 'SIGTERM' ? 0 : 1);
});
process.stdin.on('close', () => child.kill()).resume();
